import { expect, test } from "vitest";
import { containerIdOf } from "../../../core/container-id.ts";
import { shippedProfile } from "../../../conformance/under-test/profile-file.ts";
import { parseProfile } from "../../../conformance/under-test/profile-format.ts";
import { capabilityArgsFor } from "../../../conformance/under-test/capabilities.ts";
import type { TestAttachment } from "../../../conformance/clauses/attachment.ts";

function variantsOf(plugin: string): Record<string, unknown>[] {
  return (shippedProfile(plugin)?.profile.variants ?? []).map(({ name, offeredCapabilities, list }) => ({
    name,
    offeredCapabilities,
    ipMasq: list.plugins.map(({ raw }) => raw.ipMasq),
  }));
}

test("interface plugins are tested with masquerading, chained plugins with the capabilities that they claim", () => {
  expect(variantsOf("ptp")).toEqual([{ name: "masquerade", offeredCapabilities: undefined, ipMasq: [true] }]);
  expect(variantsOf("portmap")).toEqual([
    { name: "with portMappings", offeredCapabilities: ["portMappings"], ipMasq: [undefined, undefined] },
  ]);
  expect(variantsOf("firewall")).toEqual([]);
});

test("variants of the profile come first", () => {
  const config = `'{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'`;
  const yaml = `kinds: [interface]
config: ${config}
stopDaemon: rm /run/x
variants:
  - {name: v, clauses: ["*"], config: ${config}}
`;
  const { profile } = parseProfile(yaml, "p.yaml");
  expect(profile.stopDaemon).toBe("rm /run/x");
  expect(profile.variants.map(({ name }) => name)).toEqual(["v", "masquerade"]);
});

test("every interface of a container gets its own host port, the same for every operation", () => {
  const attachment = (name: string, ifName: string): TestAttachment => ({
    container: { name, id: containerIdOf(name), podName: name, netns: "", shell: undefined as never },
    ifName,
    incoming: null,
    raw: null,
  });
  const port = (name: string, ifName: string): unknown =>
    (capabilityArgsFor(["portMappings"], attachment(name, ifName)).portMappings as { hostPort: number }[])[0]?.hostPort;
  const ports = [
    port("cnibench-1", "eth0"),
    port("cnibench-1", "eth1"),
    port("cnibench-2", "eth0"),
    port("other", "lo"),
  ];
  expect(new Set(ports).size).toBe(4);
  expect(port("cnibench-2", "eth0")).toBe(ports[2]);
  expect(capabilityArgsFor(["bandwidth"], null)).toEqual({});
});
