/** A plugin on a fresh cluster: files and routes on every node, pods where a measurement wants them. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BareCluster } from "../clusters/cluster.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Family } from "../core/family.ts";
import type { Node, Path, Sandbox } from "../core/model.ts";
import { run } from "../core/shell.ts";
import type { RecipeContext } from "../plugins/plugin.ts";
import type { BareDeployment } from "../runners/deployment.ts";
import type { Assets } from "./assets.ts";
import { addPod, hostEnd, nodeNetwork, PLUGIN_PATH, type NodeNetwork, type Pod } from "./pods.ts";
import { reachable, type Pair } from "./reachable.ts";

export interface Deployment {
  /** @throws when the ends cannot be made or do not reach each other. */
  pair(path: Path): Promise<Pair>;
  /** Pods that are up and stay, in the order in which they were asked for. */
  pods(): Promise<readonly Pod[]>;
  /** null for the baseline, which has no plugin. */
  readonly bare: (() => Promise<BareDeployment>) | null;
}

export interface PluginDeployment extends Deployment {
  /** One more pod that stays. @param nodeIndex 0 for the first node. */
  addPod(nodeIndex: number): Promise<Pod>;
}

/** The baseline: the nodes themselves. */
export function deployHost(cluster: BareCluster, family: Family): Deployment {
  return {
    bare: null,
    pods: () => Promise.resolve([]),
    pair: async () => {
      const [client, server] = await Promise.all([hostEnd(nodeAt(cluster.nodes, 0), family), hostEnd(nodeAt(cluster.nodes, 1), family)]);
      return reachable(client, server);
    },
  };
}

export interface DeployOptions {
  readonly family: Family;
  /** Folder for what the CNI runtimes remember; removed with {@link forget}. */
  readonly state: string;
  readonly signal: AbortSignal;
}

export async function deployPlugin(assets: Assets, cluster: BareCluster, { family, state, signal }: DeployOptions): Promise<PluginDeployment> {
  const networks = await Promise.all(cluster.nodes.map((node) => install(assets, cluster, node, family, join(state, node.name))));
  const made = new Map<string, Promise<Pod>>();
  let count = 0;
  const sandbox = (node: Node): Promise<Sandbox> => cluster.createSandbox(node, `cnibench-${++count}`);
  /** Pods that stay: one client and one server on the first node, one server on the second. */
  const pod = (name: string, nodeIndex: number): Promise<Pod> => {
    const network = nodeAt(networks, nodeIndex);
    const there = made.get(name) ?? sandbox(network.node).then((empty) => addPod(network, empty, family, signal));
    made.set(name, there);
    return there;
  };
  return {
    pair: async (path) => {
      const client = await pod("client", 0);
      const server = path === "cross-node" ? await pod("far", 1) : await pod("near", 0);
      return reachable(client, server);
    },
    pods: async () => (await Promise.allSettled(made.values())).flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
    addPod: (nodeIndex) => pod(`extra-${count}`, nodeIndex),
    bare: async () => {
      const { node, runtime, network, watch } = nodeAt(networks, 0);
      const { endpoint: peer } = await pod("near", 0);
      const plugin = assets.plugin.name;
      return { plugin, node, runtime, network, watch, pluginPath: PLUGIN_PATH, peer, createSandbox: () => sandbox(node) };
    },
  };
}

export function forget(state: string): Promise<void> {
  return rm(state, { recursive: true, force: true });
}

export function recipeContext(cluster: BareCluster, node: Node, family: Family): RecipeContext {
  const { podCidr: clusterCidr, podCidr6: clusterCidr6, facts } = cluster;
  return { family, clusterCidr, nodeCidr: node.podCidr, clusterCidr6, nodeCidr6: node.podCidr6, underlayMtu: facts.underlayMtu };
}

async function install({ plugin, binaries }: Assets, cluster: BareCluster, node: Node, family: Family, state: string): Promise<NodeNetwork> {
  const context = recipeContext(cluster, node, family);
  const config = plugin.bare.config(context);
  const texts = plugin.bare.files(context).map(({ path, mode, text }) => ({ path, mode, source: { text } }));
  const programs = binaries.map(({ name, file }) => ({ path: `/opt/cni/bin/${name}`, mode: 0o755, source: { file } }));
  await cluster.putFiles(node, [...programs, ...texts]);
  const routes = cluster.nodes.filter((peer) => peer !== node).flatMap(routesTo);
  await run(node.shell, ["ip", "-batch", "-"], { stdin: routes.join("") });
  return nodeNetwork(node, config, state);
}

function routesTo(peer: Node): string[] {
  const ipv6 = peer.ip6 === null ? [] : [`route add ${peer.podCidr6} via ${peer.ip6}\n`];
  return [`route add ${peer.podCidr} via ${peer.ip}\n`, ...ipv6];
}

function nodeAt<T>(nodes: readonly T[], index: number): T {
  const node = nodes[index];
  if (node === undefined) throw new EnvironmentError(`this needs ${index + 1} nodes; ask for them with --nodes ${index + 1}`);
  return node;
}
