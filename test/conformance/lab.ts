/** A lab of one node with plugins, and ways to test clauses against them. */
import { afterAll, beforeAll } from "vitest";
import type { BareCluster } from "../../clusters/cluster.ts";
import { netns } from "../../clusters/netns/netns.ts";
import { parseNetworkConfig } from "../../cni/conf.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { fetchTools } from "../../tools/fetch.ts";
import { findCniPlugin } from "../../tools/find.ts";
import type { Node } from "../../core/model.ts";
import type { Clause } from "../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../conformance/clauses/index.ts";
import { runConformance, type ConformanceOptions } from "../../conformance/session/conformance-run.ts";
import { testClause, type Verdict } from "../../conformance/session/test-clause.ts";
import { guessProfile } from "../../conformance/under-test/profile.ts";
import type { PluginUnderTest } from "../../conformance/under-test/plugin-under-test.ts";
import { createHost } from "../../core/local.ts";
import type { ConformanceReport } from "../../results/verdicts.ts";

const host = createHost();

/** Directories of the plugins under test and of their modified copies. */
export const BIN = "/opt/cni/bin";
export const MUTANTS = "/opt/cni/mutants";

/** Reference plugins that tests run. */
const REFERENCE = [
  "bridge",
  "ptp",
  "host-local",
  "tuning",
  "static",
  "macvlan",
  "ipvlan",
  "loopback",
  "portmap",
  "firewall",
  "bandwidth",
  "sbr",
  "vlan",
  "vrf",
  "host-device",
  "dhcp",
];

export interface Lab extends AsyncDisposable {
  readonly cluster: BareCluster;
  readonly node: Node;
  /** Writes a script to {@link MUTANTS}. */
  putMutant(name: string, script: string): Promise<void>;
}

/**
 * Creates a lab for the tests of a file, with simplecni and the reference plugins, which are fetched if the system has
 * none.
 * @returns a function that returns the lab during the tests and later hooks
 */
export function useLab(): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await openLab();
  }, 300_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());
  return () => {
    if (lab === undefined) throw new Error("lab() was called outside a test");
    return lab;
  };
}

async function openLab(): Promise<Lab> {
  await fetchTools(host, ["cni-plugins"]);
  const cluster = await netns.create(host, { nodes: 1, underlayMtu: 1500 });
  const node = cluster.nodes[0] as Node;
  const reference = REFERENCE.map((name) => ({ name, file: findCniPlugin(host, name) ?? "" }));
  const binaries = [...reference, { name: "simplecni", file: `${process.cwd()}/plugins/simplecni/simplecni` }];
  await cluster.putFiles(
    node,
    binaries.map(({ name, file }) => ({ path: `${BIN}/${name}`, mode: 0o755, source: { file } })),
  );
  const ipam = { Subnet: "10.244.1.0", SubnetPrefix: "10.244.1.", Gateway: "10.244.1.1", IPIndex: "1" };
  await cluster.putFiles(node, [{ path: "/etc/cni/ipam.config", mode: 0o644, source: { text: JSON.stringify(ipam) } }]);
  return {
    cluster,
    node,
    putMutant: (name, script) =>
      cluster.putFiles(node, [{ path: `${MUTANTS}/${name}`, mode: 0o755, source: { text: script } }]),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

const IPAM = { type: "host-local", subnet: "10.99.0.0/24", routes: [{ dst: "0.0.0.0/0" }] };
const PLUGINS: Readonly<Record<string, object>> = {
  bridge: { type: "bridge", bridge: "cbr0", isGateway: true, ipam: IPAM },
  ptp: { type: "ptp", ipam: IPAM },
  simplecni: { type: "simplecni", bridge: "scni0", subnet: "10.244.0.0/16" },
  "host-local": { type: "host-local", ipam: { ...IPAM, subnet: "10.97.0.0/24" } },
  tuning: { type: "tuning" },
};

/**
 * A network of one plugin; tuning, a chained plugin, comes after bridge.
 * @param binary file to run instead of the plugin
 */
export function underTestOf(plugin: string, cniVersion: string, binary = `${BIN}/${plugin}`): PluginUnderTest {
  const before = plugin === "tuning" ? ["bridge"] : [];
  const text = JSON.stringify({
    cniVersion,
    name: "testnet",
    plugins: [...before, plugin].map((name) => PLUGINS[name]),
  });
  const list = parseNetworkConfig(text, plugin);
  const gateway = plugin === "bridge" || plugin === "ptp" || plugin === "simplecni";
  const guess = guessProfile(list, before.length);
  const executables = [...before.map((name) => `${BIN}/${name}`), binary];
  return {
    ...guess,
    name: plugin,
    list,
    pluginPath: [BIN],
    executables,
    layer2: plugin === "bridge",
    gateway,
    configured: plugin === "host-local" ? ["routes", "request"] : [],
  };
}

export function clause(id: string): Clause {
  const found = CLAUSES.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no clause ${id}`);
  return found;
}

export async function verdict(lab: Lab, id: string, subject: PluginUnderTest): Promise<Verdict> {
  const tested = await testClause(clause(id), {
    node: lab.node.shell,
    underTest: subject,
    signal: new AbortController().signal,
  });
  return tested.verdict;
}

/** The network of a plugin, with another binary in place of its plugins. @param type name of the binary */
export function networkWithBinary(plugin: string, cniVersion: string, type: string): NetworkConfigList {
  const { list } = underTestOf(plugin, cniVersion);
  return { ...list, plugins: list.plugins.map((one) => ({ ...one, type })) };
}

/** Tests a network on the node of the lab, with a guessed profile. */
export function testNetwork(
  lab: Lab,
  list: NetworkConfigList,
  options: Partial<ConformanceOptions>,
): Promise<ConformanceReport> {
  return runConformance({
    plugin: list.plugins[0]?.type ?? "",
    list,
    profile: guessProfile(list),
    nodes: [lab.node.shell],
    pluginPath: [MUTANTS, BIN],
    signal: new AbortController().signal,
    ...options,
  });
}
