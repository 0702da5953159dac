/** A plugin on a fresh bare cluster: files and routes on every node, pods where a measurement wants them. */
import type { BareCluster } from "../clusters/cluster.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Family } from "../core/family.ts";
import type { Node, Sandbox } from "../core/model.ts";
import { run } from "../core/shell.ts";
import type { BareRecipe, Plugin, RecipeContext } from "../plugins/plugin.ts";
import type { Assets, Binary } from "./assets.ts";
import { readDaemonState } from "./daemon-state.ts";
import { NO_DAEMONS, startDaemons } from "./daemons.ts";
import { nodeAt } from "./node-at.ts";
import type { DeployOptions, Deployment, PluginDeployment } from "./deploy.ts";
import { withPodRange } from "./pod-ranges.ts";
import { addPod, hostPathEnd, nodeNetwork, PLUGIN_PATH, type NodeNetwork, type Pod } from "./pods.ts";
import { requireReachable } from "./reachability.ts";

/** The baseline: the nodes themselves. */
export function deployBareBaseline(cluster: BareCluster, family: Family): Deployment {
  return {
    bareDeployment: null,
    clusterDeployment: null,
    daemons: NO_DAEMONS,
    pods: () => Promise.resolve([]),
    connectPair: async () => {
      const [client, server] = await Promise.all([
        hostPathEnd(nodeAt(cluster.nodes, 0), family),
        hostPathEnd(nodeAt(cluster.nodes, 1), family),
      ]);
      return requireReachable(client, server);
    },
  };
}

export async function deployOnBare(
  assets: Assets,
  baseCluster: BareCluster,
  { family, podRange, signal, storeLog: keepLog = () => undefined }: DeployOptions,
): Promise<PluginDeployment> {
  const cluster = podRange === undefined ? baseCluster : withPodRange(baseCluster, podRange);
  const recipe = recipeOf(assets.plugin);
  await Promise.all(cluster.nodes.map((node) => putRecipeFiles(recipe, assets.binaries, cluster, node, family)));
  const daemons = await startDaemons(recipe.daemons ?? [], cluster.nodes, cluster.podCidr, keepLog, signal);
  const networks = await Promise.all(cluster.nodes.map((node) => connectNode(recipe, cluster, node, family)));
  const podsByName = new Map<string, Promise<Pod>>();
  let count = 0;
  const sandbox = (node: Node): Promise<Sandbox> => cluster.createSandbox(node, `cnibench-${++count}`);
  /** Pods that stay: one client and one server on the first node, one server on the second. */
  const pod = (name: string, nodeIndex: number): Promise<Pod> => {
    const pod = podsByName.get(name) ?? add(nodeAt(networks, nodeIndex).forLastingPod());
    podsByName.set(name, pod);
    return pod;
  };
  const add = async (network: NodeNetwork): Promise<Pod> =>
    addPod(network, await sandbox(network.node), cluster.enterCommand(network.node), family, signal);
  return {
    connectPair: async (path) => {
      const client = await pod("client", 0);
      const server = path === "cross-node" ? await pod("far", 1) : await pod("near", 0);
      return requireReachable(client, server);
    },
    pods: async () =>
      (await Promise.allSettled(podsByName.values())).flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
    addPod: (nodeIndex) => pod(`extra-${count}`, nodeIndex),
    clusterDeployment: null,
    daemons,
    bareDeployment: async () => {
      const { node, runtime, network, watch } = nodeAt(networks, 0).forShortLivedPods;
      const { endpoint: peer } = await pod("near", 0);
      const state = await readDaemonState(recipe.nodeFiles ?? [], node);
      return {
        plugin: assets.plugin.name,
        node,
        runtime,
        network,
        watchInvocations: watch,
        pluginPath: PLUGIN_PATH,
        daemonState: state,
        peer,
        createSandbox: () => sandbox(node),
      };
    },
  };
}

export function recipeContext(cluster: BareCluster, node: Node, family: Family, device = "eth0"): RecipeContext {
  const { podCidr: clusterCidr, podCidr6: clusterCidr6, facts } = cluster;
  return {
    family,
    clusterCidr,
    nodeCidr: node.podCidr,
    clusterCidr6,
    nodeCidr6: node.podCidr6,
    underlayMtu: facts.underlayMtu,
    device,
  };
}

/** @throws EnvironmentError: the plan skips a plugin without one. */
export function recipeOf({ name, bare }: Plugin): BareRecipe {
  if (bare === undefined) throw new EnvironmentError(`${name} can only be deployed on Kubernetes; use --cluster kind`);
  return bare;
}

/** The network of one node: several, where each pod takes an interface of the node. */
interface NodeNetworks {
  /** For a pod that stays: each has an interface of its own as long as there are some. */
  readonly forLastingPod: () => NodeNetwork;
  /** For pods that come and go. */
  readonly forShortLivedPods: NodeNetwork;
}

async function putRecipeFiles(
  recipe: BareRecipe,
  binaries: readonly Binary[],
  cluster: BareCluster,
  node: Node,
  family: Family,
): Promise<void> {
  const context = recipeContext(cluster, node, family);
  const texts = recipe.files(context).map(({ path, mode, text }) => ({ path, mode, source: { text } }));
  const programs = binaries.map(({ name, file }) => ({ path: `/opt/cni/bin/${name}`, mode: 0o755, source: { file } }));
  await cluster.putFiles(node, [...programs, ...texts]);
}

async function connectNode(
  recipe: BareRecipe,
  cluster: BareCluster,
  node: Node,
  family: Family,
): Promise<NodeNetworks> {
  const context = recipeContext(cluster, node, family);
  const peers = cluster.nodes.filter((peer) => peer !== node);
  const steps = recipe.connect?.(node, peers, cluster.facts.underlayMtu) ?? [
    { argv: ["ip", "-batch", "-"], stdin: peers.flatMap(routesTo).join("") },
  ];
  for (const { argv, stdin = "" } of steps) await run(node.shell, argv, { stdin });
  const spare = Array.from({ length: recipe.spareLinks ?? 0 }, (_, i) =>
    nodeNetwork(node, recipe.config({ ...context, device: `net${i + 1}` })),
  );
  const forOthers = spare.pop() ?? nodeNetwork(node, recipe.config(context));
  return { forLastingPod: () => spare.shift() ?? forOthers, forShortLivedPods: forOthers };
}

function routesTo(peer: Node): string[] {
  const ipv6 = peer.ip6 === null ? [] : [`route add ${peer.podCidr6} via ${peer.ip6}\n`];
  return [`route add ${peer.podCidr} via ${peer.ip}\n`, ...ipv6];
}
