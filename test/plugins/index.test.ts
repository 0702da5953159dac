/** Properties of every recipe: a valid configuration for each address family, and addresses that nodes do not share. */
import { isIP, isIPv6 } from "node:net";
import { describe, expect, test } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import type { Family } from "../../core/model.ts";
import { partOf } from "../../core/ip.ts";
import { plugins } from "../../plugins/index.ts";
import type { BarePlugin, Plugin, RecipeContext } from "../../plugins/plugin.ts";

const all: readonly Plugin[] = Object.values(plugins);
const bare = all.filter((plugin): plugin is BarePlugin => plugin.bare !== undefined);

function contextOf(node: number, family: Family, podRange = 24): RecipeContext {
  const ranges = {
    clusterCidr: "10.244.0.0/16",
    nodeCidr: partOf("10.244.0.0/16", podRange, node),
    clusterCidr6: "fd00:10:244::/48",
    nodeCidr6: `fd00:10:244:${node}::/64`,
  };
  return { family, ...ranges, underlayMtu: 1400, device: "eth0" };
}

/** Returns every address and range in the configuration and files of a node. */
function addressesOf({ bare }: BarePlugin, context: RecipeContext): string[] {
  const texts = [
    bare.config(context),
    ...bare.files(context).map(({ source }) => ("text" in source ? source.text : "")),
  ];
  return texts.flatMap((text) => leaves(JSON.parse(text))).filter((leaf) => isIP(leaf.split("/")[0] ?? "") !== 0);
}

function leaves(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];
}

/** Plugins whose recipe writes the node ranges. The others have daemons that lease the ranges. */
const withFixedRanges = bare.filter((plugin) => plugin.bare.daemons === undefined);
const combinations = bare.flatMap((plugin) =>
  plugin.bare.families.map((family) => ({ name: plugin.name, plugin, family })),
);

describe.each(combinations)("$name with $family", ({ plugin, family }) => {
  test("the configuration is valid and has the specification version of the recipe", () => {
    const list = parseNetworkConfig(plugin.bare.config(contextOf(1, family)), plugin.name);
    expect(list.cniVersion).toBe(plugin.bare.specVersion);
    expect(list.warnings).toEqual([]);
    for (const { type } of list.plugins) expect(plugin.bare.binaries).toContain(type);
  });

  if (!withFixedRanges.includes(plugin)) return;

  test("it assigns addresses of this family only", () => {
    const versions = new Set(
      addressesOf(plugin, contextOf(1, family)).map((address) => isIPv6(address.split("/")[0] ?? "")),
    );
    expect([...versions].toSorted()).toEqual({ ipv4: [false], ipv6: [true], dual: [false, true] }[family]);
  });

  test("another node assigns different addresses", () => {
    const shared = new Set(["10.244.0.0/16", "fd00:10:244::/48", "0.0.0.0/0", "::/0"]);
    const [first, second] = [1, 2].map((node) =>
      addressesOf(plugin, contextOf(node, family)).filter((address) => !shared.has(address)),
    );
    expect(first?.length).toBeGreaterThan(0);
    expect(first?.filter((address) => second?.includes(address))).toEqual([]);
  });
});

describe.each(withFixedRanges.filter((plugin) => plugin.bare.minPodRangePrefix === undefined))(
  "$name with a /20 for each node",
  (plugin) => {
    test("it assigns the addresses of that range", () => {
      const text = plugin.bare.config(contextOf(2, "ipv4", 20));
      expect(text).toMatch(/"subnet":"10\.244\.32\.0\/20"|"rangeStart":"10\.244\.32\.1","rangeEnd":"10\.244\.47\.254"/);
    });
  },
);

describe.each(bare.filter((plugin) => !withFixedRanges.includes(plugin)))(
  "the daemons of $name",
  ({ bare: { daemons = [], daemonBinaries = [], tools } }) => {
    const node = (index: number) => ({
      name: `node${index}`,
      ip: `172.31.0.${index + 10}`,
      podCidr: partOf("10.99.0.0/16", 20, index),
    });
    const context = { self: node(2), firstNode: node(1), clusterCidr: "10.99.0.0/16" };

    test("their binaries are part of the recipe", () => {
      for (const daemon of daemons)
        expect([...daemonBinaries.map((name) => `/opt/cni/bin/${name}`), ...tools]).toContain(daemon.argv(context)[0]);
    });

    test("they use the cluster range and node ranges of the requested size", () => {
      const text = JSON.stringify(daemons.map((daemon) => [daemon.argv(context), daemon.readinessCommand(context)]));
      expect(text).toMatch(/10\.99\.0\.0\/16.*20/);
      expect(text).not.toMatch(/10\.244\./);
    });

    test("their names are valid file names", () => {
      for (const { name } of daemons) expect(name).toMatch(/^[a-z0-9-]+$/);
    });
  },
);

test("names match the registry and are valid in cell ids", () => {
  expect(Object.entries(plugins).map(([key, { name }]) => [key, name])).toEqual(all.map(({ name }) => [name, name]));
  for (const { name } of all) expect(name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
});
