import { expect, test } from "vitest";
import { deriveRequest } from "../../cni/request.ts";
import type { JsonObject } from "../../cni/lossless-json.ts";
import { network } from "./fake-plugins.ts";

function derive(plugin: object, parts?: Parameters<typeof deriveRequest>[2]): JsonObject {
  const list = network([plugin]);
  return deriveRequest(list, list.plugins[0]!, parts);
}

test("rt.req.insert: name and version of the list override those of the plugin", () => {
  expect(derive({ type: "x", name: "mine", cniVersion: "0.1.0" })).toEqual({
    cniVersion: "1.1.0",
    name: "net",
    type: "x",
  });
});

test("rt.req.capabilities, rt.conf.reserved: removes capabilities and reserved keys except args", () => {
  const plugin = {
    type: "x",
    capabilities: { mac: true },
    runtimeConfig: { a: 1 },
    prevResult: {},
    "cni.dev/x": 1,
    args: { cni: {} },
  };
  expect(derive(plugin)).toEqual({ cniVersion: "1.1.0", name: "net", type: "x", args: { cni: {} } });
});

test("rt.req.runtimeconfig: contains arguments of declared capabilities; absent if there are none", () => {
  const capabilityArgs = { mac: "m", bandwidth: { rate: 1 }, other: 2 };
  expect(
    derive({ type: "x", capabilities: { mac: true, bandwidth: false, portMappings: true } }, { capabilityArgs })
      .runtimeConfig,
  ).toEqual({ mac: "m" });
  expect(derive({ type: "x", capabilities: { portMappings: true } }, { capabilityArgs })).not.toHaveProperty(
    "runtimeConfig",
  );
  expect(derive({ type: "x", capabilities: { constructor: true } }, { capabilityArgs })).not.toHaveProperty(
    "runtimeConfig",
  );
});

test("passes __proto__ to the plugin as an ordinary key", () => {
  const list = network([JSON.parse(`{"type":"x","__proto__":{"a":1}}`) as object]);
  expect(JSON.stringify(deriveRequest(list, list.plugins[0]!))).toContain(`"__proto__":{"a":1}`);
});

test("rt.req.gc: sets both keys of the valid attachments, also for an empty list", () => {
  const request = derive({ type: "x" }, { validAttachments: [{ containerID: "c", ifName: "eth0" }] });
  expect(request["cni.dev/valid-attachments"]).toEqual([{ containerID: "c", ifname: "eth0" }]);
  expect(request["cni.dev/attachments"]).toEqual([{ containerID: "c", ifname: "eth0" }]);
  expect(derive({ type: "x" }, { validAttachments: [] })["cni.dev/valid-attachments"]).toEqual([]);
});
