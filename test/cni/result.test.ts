import { describe, expect, test } from "vitest";
import { convertResult } from "../../cni/convert.ts";
import type { JsonObject, JsonValue } from "../../cni/lossless-json.ts";
import { readResult } from "../../cni/result.ts";
import { SPEC_VERSIONS, type SpecVersion } from "../../cni/spec-versions.ts";

/** The same result in each format. */
const OLDEST: JsonObject = {
  ip4: { ip: "10.1.0.5/16", gateway: "10.1.0.1", routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }] },
  ip6: { ip: "fd00::5/64", routes: [{ dst: "::/0" }] },
  dns: { nameservers: ["10.1.0.1"] },
};
const IPS = [
  { address: "10.1.0.5/16", gateway: "10.1.0.1", interface: 1 },
  { address: "fd00::5/64", interface: 1 },
];
const CURRENT: JsonObject = {
  interfaces: [
    { name: "cni0", mac: "00:11:22:33:44:55" },
    { name: "eth0", sandbox: "/run/netns/c" },
  ],
  ips: IPS as JsonValue,
  routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }, { dst: "::/0" }],
  dns: { nameservers: ["10.1.0.1"] },
};
const MIDDLE: JsonObject = {
  ...CURRENT,
  ips: IPS.map((ip, i) => ({ version: i === 0 ? "4" : "6", ...ip })) as JsonValue,
};

function resultIn(version: SpecVersion): JsonObject {
  const format = version < "0.3.0" ? OLDEST : version < "1.0.0" ? MIDDLE : CURRENT;
  return { cniVersion: version, ...format };
}

describe("rt.req.prev.version: converts every version to every other", () => {
  const pairs = SPEC_VERSIONS.flatMap((from) => SPEC_VERSIONS.map((to) => [from, to] as const));
  test.each(pairs)("%s to %s", (from, to) => {
    const converted = convertResult(resultIn(from), to);
    // Results before 0.3.0 have no interfaces.
    if (from < "0.3.0" && to >= "0.3.0") {
      const ips = (resultIn(to).ips as JsonObject[]).map((ip) => ({ ...ip, interface: undefined }));
      expect(converted).toEqual({ ...resultIn(to), ips, interfaces: [] });
    } else expect(converted).toEqual(resultIn(to));
  });

  test("removes the attributes of 1.1.0 from older versions", () => {
    const raw = {
      cniVersion: "1.1.0",
      interfaces: [{ name: "e", mtu: 1500, socketPath: "/s", pciID: "p" }],
      routes: [{ dst: "::/0", mtu: 1, advmss: 2, priority: 3, table: 4, scope: 0 }],
    };
    expect(convertResult(raw, "1.0.0")).toMatchObject({ interfaces: [{ name: "e" }], routes: [{ dst: "::/0" }] });
    expect(JSON.stringify(convertResult(raw, "1.0.0"))).not.toMatch(/mtu|socketPath|pciID|advmss|priority|table|scope/);
    expect(readResult(raw)).toMatchObject({ interfaces: raw.interfaces, routes: raw.routes });
  });

  test("returns a result in the requested version, or without a version, unchanged", () => {
    const raw = { zzz: [1], cniVersion: "1.0.0", ips: [] };
    expect(convertResult(raw, "1.0.0")).toBe(raw);
    const unversioned = { zzz: 1 };
    expect(convertResult(unversioned, "0.2.0")).toBe(unversioned);
  });

  test("rejects a result without addresses for 0.1.0 and 0.2.0", () => {
    expect(() => convertResult({ cniVersion: "1.0.0", interfaces: [{ name: "x" }] }, "0.2.0")).toThrow(
      /no address.* 0\.2\.0/,
    );
  });
});

test("preserves an interface index of 0", () => {
  expect(readResult({ ips: [{ address: "10.0.0.1/8", interface: 0 }] }).ips).toEqual([
    { address: "10.0.0.1/8", interface: 0 },
  ]);
});

test("treats the empty values of Go programs as missing", () => {
  const raw = { interfaces: null, ips: null, routes: null, dns: null, ip4: null };
  expect(readResult(raw)).toEqual({ cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} });
  expect(readResult({ ips: [{ address: "10.0.0.1/8", gateway: "", interface: null }] }).ips).toEqual([
    { address: "10.0.0.1/8" },
  ]);
});

test.each([
  [{ ips: {} }, "ips must be a list, not an object"],
  [{ ips: ["x"] }, `ips[0] must be an object, not "x"`],
  [{ ips: [{}] }, "ips[0].address must be a string, not nothing"],
  [{ ips: [{ address: "10.0.0.1" }] }, `ips[0].address must be an IP address with a prefix length, not "10.0.0.1"`],
  [{ ips: [{ address: "10.0.0.1/33" }] }, `ips[0].address must be`],
  [{ ips: [{ address: "fe80::1/129" }] }, `ips[0].address must be`],
  [
    { ips: [{ address: "10.0.0.1/8", interface: -1 }] },
    "ips[0].interface must be a non-negative integer, not a number",
  ],
  [{ ips: [{ address: "10.0.0.1/8", gateway: "gw" }] }, `ips[0].gateway must be an IP address, not "gw"`],
  [{ interfaces: [{ name: 7 }] }, "interfaces[0].name must be a string, not a number"],
  [{ interfaces: [{}] }, "interfaces[0].name must be a string, not nothing"],
  [{ routes: [{ dst: "default" }] }, `routes[0].dst must be an IP address with a prefix length, not "default"`],
  [{ ip4: { ip: "10.0.0.1/8", routes: [{ dst: 1 }] } }, "ip4.routes[0].dst must be a string, not a number"],
  [{ dns: { nameservers: [1] } }, "dns.nameservers[0] must be a string, not a number"],
  [{ dns: [] }, "dns must be an object, not a list"],
])("rejects %j: %s", (raw, message) => expect(() => readResult(raw as JsonObject)).toThrow(message));
