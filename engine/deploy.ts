/** A plugin on a fresh cluster: files and routes on every node, pods where a measurement wants them. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BareCluster } from "../clusters/cluster.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Endpoint, Node, Path, Sandbox } from "../core/model.ts";
import { run } from "../core/shell.ts";
import type { RecipeContext } from "../plugins/plugin.ts";
import type { BareDeployment } from "../runners/deployment.ts";
import type { Assets } from "./assets.ts";
import { addPod, hostEndpoint, nodeNetwork, PLUGIN_PATH, type NodeNetwork } from "./pods.ts";

/** The two ends of a path. */
export interface Pair {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

export interface Deployment {
  /** @throws when the ends cannot be made or do not reach each other. */
  pair(path: Path): Promise<Pair>;
  /** null for the baseline, which has no plugin. */
  readonly bare: (() => Promise<BareDeployment>) | null;
}

/** The baseline: the nodes themselves. */
export function deployHost(cluster: BareCluster): Deployment {
  return {
    bare: null,
    pair: async () => {
      const [client, server] = await Promise.all([hostEndpoint(nodeAt(cluster, 0)), hostEndpoint(nodeAt(cluster, 1))]);
      return reachable({ client, server });
    },
  };
}

/** @param state folder for what the CNI runtimes remember; removed with {@link forget}. */
export async function deployPlugin(assets: Assets, cluster: BareCluster, state: string, signal: AbortSignal): Promise<Deployment> {
  const networks = await Promise.all(cluster.nodes.map((node) => install(assets, cluster, node, join(state, node.name))));
  const made = new Map<string, Promise<Endpoint>>();
  let count = 0;
  const sandbox = (node: Node): Promise<Sandbox> => cluster.createSandbox(node, `cnibench-${++count}`);
  /** Pods that stay: one client and one server on the first node, one server on the second. */
  const pod = (name: string, nodeIndex: number): Promise<Endpoint> => {
    const network = networkAt(networks, nodeIndex);
    const there = made.get(name) ?? sandbox(network.node).then((empty) => addPod(network, empty, signal));
    made.set(name, there);
    return there;
  };
  return {
    pair: async (path) => {
      const client = await pod("client", 0);
      const server = path === "cross-node" ? await pod("far", 1) : await pod("near", 0);
      return reachable({ client, server });
    },
    bare: async () => {
      const { node, runtime, network } = networkAt(networks, 0);
      const peer = await pod("near", 0);
      const plugin = assets.plugin.name;
      return { plugin, node, runtime, network, pluginPath: PLUGIN_PATH, peer, createSandbox: () => sandbox(node) };
    },
  };
}

export function forget(state: string): Promise<void> {
  return rm(state, { recursive: true, force: true });
}

export function recipeContext(cluster: BareCluster, node: Node): RecipeContext {
  return { clusterCidr: cluster.podCidr, nodeCidr: node.podCidr, underlayMtu: cluster.facts.underlayMtu };
}

async function install({ plugin, binaries }: Assets, cluster: BareCluster, node: Node, state: string): Promise<NodeNetwork> {
  const context = recipeContext(cluster, node);
  const config = plugin.bare.config(context);
  const texts = plugin.bare.files(context).map(({ path, mode, text }) => ({ path, mode, source: { text } }));
  const programs = binaries.map(({ name, file }) => ({ path: `/opt/cni/bin/${name}`, mode: 0o755, source: { file } }));
  await cluster.putFiles(node, [...programs, ...texts]);
  const routes = cluster.nodes.filter((peer) => peer !== node).map((peer) => `route add ${peer.podCidr} via ${peer.ip}\n`);
  await run(node.shell, ["ip", "-batch", "-"], { stdin: routes.join("") });
  return nodeNetwork(node, config, state);
}

/** Both directions: a one-way path would make a load fail without a reason. */
async function reachable(pair: Pair): Promise<Pair> {
  const { client, server } = pair;
  if (client.ip === server.ip) {
    throw new EnvironmentError(
      `${client.name} and ${server.name} both have the address ${client.ip}; give each node its own range ({{nodeSubnet}} in the configuration)`,
    );
  }
  for (const [from, to] of [[client, server], [server, client]] as const) {
    const output = await from.shell.exec(["ping", "-n", "-c1", "-i0.1", "-w3", to.ip], { timeout: 6 });
    if (output.exitCode !== 0) {
      throw new EnvironmentError(`${from.name} (${from.ip} on ${from.node.name}) cannot reach ${to.name} (${to.ip} on ${to.node.name})`);
    }
  }
  return pair;
}

function nodeAt(cluster: BareCluster, index: number): Node {
  const node = cluster.nodes[index];
  if (node === undefined) throw new EnvironmentError(`this needs ${index + 1} nodes; ask for them with --nodes ${index + 1}`);
  return node;
}

function networkAt(networks: readonly NodeNetwork[], index: number): NodeNetwork {
  const network = networks[index];
  if (network === undefined) throw new EnvironmentError(`this needs ${index + 1} nodes; ask for them with --nodes ${index + 1}`);
  return network;
}
