import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadProfile, parseProfile, shippedProfile } from "../../../runners/conformance/profile-file.ts";

const FOLDER = new URL("../../../runners/conformance/profiles/", import.meta.url).pathname;
/** The plugins of Debian's containernetworking-plugins, and ours. */
const PLUGINS = [
  "bandwidth",
  "bridge",
  "dhcp",
  "firewall",
  "host-device",
  "host-local",
  "ipvlan",
  "loopback",
  "macvlan",
  "portmap",
  "ptp",
  "sbr",
  "simplecni",
  "static",
  "tuning",
  "vlan",
  "vrf",
];

test("a profile is shipped for each of these plugins", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(PLUGINS.map((name) => `${name}.yaml`));
  expect(shippedProfile("nothing")).toBeNull();
  expect(shippedProfile("../profiles/bridge")).toBeNull();
});

test.each(PLUGINS)("the profile of %s can be read, and its plugin is the one under test", (name) => {
  const described = shippedProfile(name);
  expect(described?.list.plugins[described.profile.target]?.type).toBe(name);
});

describe("a wrong profile is refused with its place", () => {
  const GOOD = `kinds: [interface]\nconfig: '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'\n`;
  test("the good one is none", () => {
    expect(parseProfile(GOOD, "p.yaml").profile.kinds).toEqual(["interface"]);
  });
  test.each([
    ["an unknown key", `${GOOD}layr2: true\n`, /p\.yaml:3:\d+: unknown key "layr2" \(did you mean "layer2"\?\)/],
    ["an unknown kind", GOOD.replace("interface", "interfaces"), /p\.yaml:1:\d+: "kinds" may hold interface, ipam/],
    ["no configuration", "kinds: [ipam]\n", /"config" is missing/],
    ["a target that is not in the list", `${GOOD}target: 3\n`, /"target" is 3, but "config" has 1 plugins/],
    ["a clause that is none", `${GOOD}known:\n  - clause: del.okay\n    reason: x\n`, /there is no clause "del.okay"/],
    ["a number out of range", `${GOOD}operationLimit: 0\n`, /"operationLimit" must be a whole number from 1 to 300/],
    [
      "an IPAM plugin that is something else too",
      GOOD.replace("[interface]", "[ipam, delegating]"),
      /p\.yaml:1:1: "kinds" has ipam beside delegating/,
    ],
    [
      "a plugin that makes a link and changes one",
      GOOD.replace("[interface]", "[interface, chained]"),
      /has interface and chained/,
    ],
    [
      "a chained plugin at the start",
      GOOD.replace("[interface]", "[chained]"),
      /a chained plugin needs a plugin before it/,
    ],
    [
      "a delegating plugin without ipam",
      GOOD.replace("[interface]", "[interface, delegating]"),
      /has delegating, but x has no "ipam"/,
    ],
    ["YAML that is none", "kinds: [", /p\.yaml:/],
  ])("%s", (_, text, message) => {
    expect(() => parseProfile(text, "p.yaml")).toThrow(message);
  });
  test("a file that is not there", () => {
    expect(() => loadProfile("/nonexistent.yaml")).toThrow(/cannot be read .*; give a readable profile/);
  });
});
