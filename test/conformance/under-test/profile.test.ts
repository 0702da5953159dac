import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type JsonObject, parseNetworkConfig } from "../../../cni/index.ts";
import type { Profile } from "../../../conformance/under-test/profile.ts";
import { loadProfile, profileFor, shippedProfile } from "../../../conformance/under-test/profile-file.ts";
import { parseProfile } from "../../../conformance/under-test/profile-format.ts";

const PROFILES_DIR = new URL("../../../conformance/under-test/profiles/", import.meta.url).pathname;
/** The plugins of Debian's package containernetworking-plugins, and simplecni. */
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

test("cnibench ships a profile for each of these plugins", () => {
  expect(readdirSync(PROFILES_DIR).sort()).toEqual(PLUGINS.map((name) => `${name}.yaml`));
  expect(shippedProfile("nothing")).toBeNull();
  expect(shippedProfile("../profiles/bridge")).toBeNull();
});

test.each(PLUGINS)("the profile of %s is valid and has that plugin as its target", (name) => {
  const described = shippedProfile(name);
  expect(described?.list.plugins[described.profile.target]?.type).toBe(name);
});

/** The profile of bridge with this configuration. */
function bridgeProfile(keys: JsonObject): Profile {
  const config = { cniVersion: "1.0.0", name: "n", plugins: [{ type: "bridge", ...keys }] };
  return profileFor(parseNetworkConfig(JSON.stringify(config), "x.conflist"), 0);
}

describe("the configuration of a user decides, not the shipped profile", () => {
  test.each([
    [{ isGateway: true }, true],
    [{ isDefaultGateway: true }, true],
    [{ isGateway: false }, false],
    [{}, false],
  ])("gateway: %j", (keys, gateway) => {
    expect(bridgeProfile(keys).gateway).toBe(gateway);
  });

  test("a plugin that always adds the gateway does so in every configuration", () => {
    const config = `{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"ptp"}]}`;
    expect(profileFor(parseNetworkConfig(config, "x.conflist"), 0).gateway).toBe(true);
  });

  test("IPAM: the plugin is tested with it or without it, as configured", () => {
    expect(bridgeProfile({})).toMatchObject({ kinds: ["interface"], layer2: false });
    expect(bridgeProfile({ ipam: { type: "host-local" } })).toMatchObject({
      kinds: ["interface", "delegating"],
      layer2: false,
    });
  });

  test("masquerading is not added to a configuration that disables it", () => {
    const names = (keys: JsonObject): string[] => bridgeProfile(keys).variants.map(({ name }) => name);
    expect([names({}), names({ ipMasq: false })]).toEqual([["masquerade"], []]);
  });
});

test("deprecated keys are ignored with a warning", () => {
  const config = `'{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'`;
  const plain = `kinds: [interface]\nconfig: ${config}\n`;
  const variant = `variants: [{name: v, clauses: ["*"], config: ${config}, changes: true}]\n`;
  expect(parseProfile(plain, "p.yaml").list.warnings).toEqual([]);
  for (const text of [`${plain}changes: false\n`, plain + variant, `${plain}changes: true\n${variant}`]) {
    const { list, profile } = parseProfile(text, "p.yaml");
    expect(list.warnings).toEqual([
      { code: "profile-deprecated", message: expect.stringMatching(/^p\.yaml: "changes" is deprecated/) as string },
    ]);
    expect(profile).not.toHaveProperty("changes");
  }
});

describe("an invalid profile is rejected with the position of the problem", () => {
  const VALID = `kinds: [interface]\nconfig: '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'\n`;
  test("the valid profile is accepted", () => {
    expect(parseProfile(VALID, "p.yaml").profile).toMatchObject({ kinds: ["interface"], cniArgs: [] });
    expect(parseProfile(`${VALID}cniArgs: K8S_*=\n`, "p.yaml").profile.cniArgs).toEqual([["K8S_*", ""]]);
  });
  test.each([
    ["an unknown key", `${VALID}layr2: true\n`, /p\.yaml:3:\d+: unknown key "layr2" \(did you mean "layer2"\?\)/],
    [
      "an unknown kind",
      VALID.replace("interface", "interfaces"),
      /p\.yaml:1:\d+: "kinds" must be a list of interface, ipam/,
    ],
    ["a missing configuration", "kinds: [ipam]\n", /"config" is missing/],
    ["a target outside the list", `${VALID}target: 3\n`, /"target" is 3, but "config" has 1 plugins/],
    ["an unknown clause", `${VALID}known:\n  - clause: del.okay\n    reason: x\n`, /unknown clause "del.okay"/],
    ["invalid changes to CNI_ARGS", `${VALID}cniArgs: K8S_POD_NAME\n`, /p\.yaml:3:\d+: "cniArgs": .*KEY=VALUE/],
    ["a number out of range", `${VALID}operationLimit: 0\n`, /"operationLimit" must be an integer from 1 to 300/],
    [
      "an IPAM plugin of another kind",
      VALID.replace("[interface]", "[ipam, delegating]"),
      /p\.yaml:1:1: "kinds" contains ipam and delegating/,
    ],
    [
      "an interface plugin that is chained",
      VALID.replace("[interface]", "[interface, chained]"),
      /"kinds" contains interface and chained/,
    ],
    ["a chained plugin at index 0", VALID.replace("[interface]", "[chained]"), /a chained plugin needs .* before it/],
    [
      "a delegating plugin without ipam",
      VALID.replace("[interface]", "[interface, delegating]"),
      /"kinds" contains delegating, but x has no "ipam"/,
    ],
    ["invalid YAML", "kinds: [", /p\.yaml:/],
  ])("%s", (_, text, message) => {
    expect(() => parseProfile(text, "p.yaml")).toThrow(message);
  });
  test("a missing file", () => {
    expect(() => loadProfile("/nonexistent.yaml")).toThrow(/--profile \/nonexistent\.yaml: not found/);
  });
});
