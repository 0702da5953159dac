/** The facts about the machine, the nodes and the plugins, from scripted outputs. */
import { createHash } from "node:crypto";
import { arch, cpus, release } from "node:os";
import { describe, expect, it } from "vitest";
import type { BareCluster, KubernetesCluster } from "../../../clusters/index.ts";
import { readEnvironment } from "../../../engine/deploy/read-environment.ts";
import type { Assets } from "../../../engine/preflight/assets.ts";
import { plugins } from "../../../plugins/index.ts";
import type { BarePlugin, Daemon, Plugin } from "../../../plugins/plugin.ts";
import type { Environment, PluginFacts } from "../../../results/environment-facts.ts";
import { findTool } from "../../../tools/find.ts";
import { fakeHost, type Reply } from "../../helpers/fake-host.ts";
import { envWithTools } from "../../helpers/fake-tools.ts";
import { fakeCluster, fakeNode } from "../fake-run.ts";

const NO_TOOLS = { onHost: [], onNodes: [] };

/** Returns a cluster of one node with these replies in addition to the usual ones, and the paths of its files. */
function clusterWith(replies: Readonly<Record<string, Reply>> = {}): BareCluster & { readonly put: string[] } {
  const put: string[] = [];
  return {
    ...fakeCluster(1),
    nodes: [fakeNode(1, replies)],
    putFiles: async (_, files) => void put.push(...files.map(({ path }) => path)),
    put,
  };
}

describe("the node", () => {
  it("is described by its kernel, congestion control, link and tools", async () => {
    const cluster = clusterWith({
      "cat /proc/sys/net/ipv4/tcp_congestion_control": { stdout: "cubic\n" },
      perl: { stdout: "gro\ntso\n" },
      iperf3: { stdout: "iperf 3.18 (cJSON 1.7.15)\n" },
    });
    const environment = await readEnvironment(fakeHost(), cluster, [], { onHost: [], onNodes: ["iperf3"] });
    expect(environment).toMatchObject({
      kernel: "6.1.0",
      congestionControl: "cubic",
      link: { qdisc: "noqueue", offloads: ["gro", "tso"] },
      tools: { iperf3: "3.18" },
      arch: arch(),
      cpus: cpus().length,
      cluster: { kind: "fake", nodes: 1, underlayMtu: 1500, sameHost: true },
    });
    expect(environment.cluster).not.toHaveProperty("kubernetes");
  });

  it("has null for every fact that cannot be read", async () => {
    const failed: Reply = { exitCode: 1 };
    const cluster = clusterWith({ cat: failed, "ip -j link show eth0": failed, perl: failed, iperf3: failed });
    expect(await readEnvironment(fakeHost(), cluster, [], { onHost: [], onNodes: ["iperf3"] })).toMatchObject({
      kernel: null,
      congestionControl: null,
      link: { qdisc: null, offloads: null },
      tools: { iperf3: null },
    });
  });

  it("is this machine if the cluster has none", async () => {
    const environment = await readEnvironment(fakeHost(), fakeCluster(0), [], NO_TOOLS);
    expect(environment).toMatchObject({ kernel: release(), congestionControl: null, link: null });
  });
});

it("reads the versions of the tools of this machine", async () => {
  const env = envWithTools(["netperf"]);
  const path = findTool(fakeHost({}, { env }), "netperf") ?? "";
  const host = fakeHost({ [path]: { stdout: "Netperf version 2.7.1\n" } }, { env });
  const { tools } = await readEnvironment(host, fakeCluster(0), [], { onHost: ["netperf"], onNodes: [] });
  expect(tools).toEqual({ netperf: "2.7.1" });
});

/** A bridge plugin that a machine cannot have, with a configuration for each family. */
const PLUGIN: BarePlugin = {
  ...plugins.bridge,
  name: "tiny",
  encapsulation: "none",
  bare: {
    ...plugins.bridge.bare,
    families: ["ipv4", "ipv6"],
    config: ({ family, underlayMtu }) =>
      JSON.stringify({ cniVersion: "1.0.0", name: "tiny", plugins: [{ type: "tiny", family, mtu: underlayMtu }] }),
  },
};
const BINARY = { name: "tiny", file: "/nonexistent/tiny", sha256: "ab12" };
const VERSION = JSON.stringify({ cniVersion: "1.1.0", supportedVersions: ["0.4.0", "1.0.0"] });

/** Returns the replies of a node with the binary. @param banner output without CNI_COMMAND */
function binaryReplies(banner: string, version: Partial<{ stdout: string; exitCode: number }> = { stdout: VERSION }) {
  return {
    sh: { stdout: "/opt/cni/bin/tiny\n" },
    "/opt/cni/bin/tiny": (_: readonly string[], { env }: { env?: Readonly<Record<string, string | undefined>> }) =>
      env?.CNI_COMMAND === "VERSION" ? version : { stderr: banner },
  };
}

const factsOf = async (cluster: BareCluster, plugin: BarePlugin = PLUGIN): Promise<PluginFacts | undefined> =>
  (await readEnvironment(fakeHost({}, { env: envWithTools([]) }), cluster, [{ plugin, binaries: [BINARY] }], NO_TOOLS))
    .plugins[0];

describe("a plugin on a bare cluster", () => {
  it("is copied to the node, and described by its version, configurations and binaries", async () => {
    const cluster = clusterWith(binaryReplies("CNI tiny plugin v1.4.0\nCNI protocol versions supported: 1.0.0\n"));
    const configs = ["ipv4", "ipv6"].map((family) =>
      JSON.stringify({ cniVersion: "1.0.0", name: "tiny", plugins: [{ type: "tiny", family, mtu: 1500 }] }),
    );
    expect(await factsOf(cluster)).toEqual({
      name: "tiny",
      encapsulation: "none",
      version: "v1.4.0",
      specVersions: ["0.4.0", "1.0.0"],
      binaries: [{ name: "tiny", sha256: "ab12" }],
      configHash: createHash("sha256").update(configs.join("\n")).digest("hex"),
    });
    expect(cluster.put).toEqual(["/opt/cni/bin/tiny"]);
  });

  it("has another configuration if the command lines of its daemons differ", async () => {
    const withDaemon = (option: string): BarePlugin => {
      const argv = () => ["daemon", option];
      const daemon: Daemon = { name: "d", on: "every node", argv, readinessCommand: () => ["true"] };
      return { ...PLUGIN, bare: { ...PLUGIN.bare, daemons: [daemon] } };
    };
    const hashes = [PLUGIN, withDaemon("-a"), withDaemon("-b"), withDaemon("-a")].map(
      async (plugin) => (await factsOf(clusterWith(binaryReplies("")), plugin))?.configHash,
    );
    const [none, a, b, again] = await Promise.all(hashes);
    expect(new Set([none, a, b]).size).toBe(3);
    expect(again).toBe(a);
  });

  it("has neither a version nor specification versions if it reports none", async () => {
    const cluster = clusterWith(binaryReplies("no banner\n", { exitCode: 1 }));
    expect(await factsOf(cluster)).toMatchObject({ version: null, specVersions: null });
  });

  it("has unknown facts on a cluster without a node", async () => {
    expect(await factsOf(fakeCluster(0))).toMatchObject({ version: null, configHash: null, specVersions: null });
  });
});

describe("a plugin on Kubernetes", () => {
  const recipe = plugins.simplecni.kubernetes;
  const plugin = { ...plugins.simplecni, kubernetes: { ...recipe, version: "v2" } } as Plugin;
  const assets: Assets = { plugin, binaries: [BINARY] };
  const installation = { podCidr: "10.99.0.0/16", apiServer: { host: "api", port: 6443 }, pullsByDigest: true };
  const existing = {
    ...fakeCluster(1),
    api: "kubernetes",
    version: "v1.34.0",
    kubeProxyMode: "iptables",
    loadImage: "load:1",
  } as unknown as KubernetesCluster;
  const cluster = { ...existing, installation };
  const read = (changes: Partial<KubernetesCluster> = {}): Promise<Environment> =>
    readEnvironment(fakeHost(), { ...cluster, ...changes }, [assets], NO_TOOLS);
  const hashOf = ({ plugins: [facts] }: Environment): string | null | undefined => facts?.configHash;

  it("is described by the objects of its installation", async () => {
    const environment = await read();
    expect(environment.plugins).toMatchObject([
      { name: "simplecni", version: "v2", specVersions: null, binaries: [{ name: "tiny", sha256: "ab12" }] },
    ]);
    expect(environment.cluster.kubernetes).toEqual({
      version: "v1.34.0",
      kubeProxyMode: "iptables",
      loadImage: "load:1",
    });
    const other = await read({ installation: { ...installation, podCidr: "10.98.0.0/16" } });
    expect(hashOf(environment)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(other)).not.toBe(hashOf(environment));
    expect(hashOf(await read())).toBe(hashOf(environment));
  });

  it("has no configuration if cnibench did not install it", async () => {
    const environment = await readEnvironment(fakeHost(), existing, [assets], NO_TOOLS);
    expect(hashOf(environment)).toBeNull();
  });
});
