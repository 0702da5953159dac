/** Deploys a plugin on a fresh bare cluster: installs files and routes on every node and creates pods on demand. */
import { type BareCluster, preferredKind } from "../../../clusters/index.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { partOf } from "../../../core/ip.ts";
import { UNDERLAY_INTERFACE, type BareNode, type Family } from "../../../core/model.ts";
import type { Host } from "../../../core/host.ts";
import { run } from "../../../core/shell.ts";
import type { BareRecipe, Plugin, RecipeContext } from "../../../plugins/index.ts";
import type { Assets, Binary } from "../../preflight/assets.ts";
import { readDaemonState } from "../daemon-state.ts";
import { NO_DAEMONS, type BareDeployment, type BaselineDeployment, type DeployOptions } from "../live-deployment.ts";
import { LastingPods, nodeAt, requireReachable, type DeployedPod } from "../endpoints.ts";
import { PodSandboxes } from "../pod-sandbox.ts";
import { nodeNetwork, PLUGIN_PATH, type NodeNetwork } from "../node-network.ts";
import { addPod, pathEndOfNode } from "./bare-pods.ts";
import { startDaemons } from "./start-daemons.ts";

/** Background objects and lost nodes exist only on Kubernetes. */
const WITHOUT_KUBERNETES = {
  setBackgroundObjects: () => Promise.resolve(),
  describeLostNodes: () => Promise.resolve(null),
} as const;

/** Deploys the baseline, which measures between the nodes themselves. */
export function deployBareBaseline(cluster: BareCluster, family: Family): BaselineDeployment {
  return {
    kind: "baseline",
    ...WITHOUT_KUBERNETES,
    daemons: NO_DAEMONS,
    pods: () => Promise.resolve([]),
    connectPair: async () => {
      const [client, server] = await Promise.all([
        pathEndOfNode(nodeAt(cluster.nodes, 0), family),
        pathEndOfNode(nodeAt(cluster.nodes, 1), family),
      ]);
      return requireReachable(client, server);
    },
  };
}

/** Deploys a plugin with its bare recipe. @throws EnvironmentError if a daemon or a command of the recipe fails */
export async function deployOnBare(
  host: Host,
  assets: Assets,
  baseCluster: BareCluster,
  { family, podRange, storeLog = () => undefined }: DeployOptions,
): Promise<BareDeployment> {
  const cluster = podRange === undefined ? baseCluster : withPodRange(baseCluster, podRange);
  const recipe = recipeOf(assets.plugin);
  const targets = cluster.nodes.map((node): NodeTarget => ({ cluster, node, family }));
  await Promise.all(targets.map((target) => putRecipeFiles(recipe, assets.binaries, target)));
  const hosts = { nodes: cluster.nodes, clusterCidr: cluster.podCidr, storeLog };
  const daemons = await startDaemons(host, recipe.daemons ?? [], hosts);
  const networks = await Promise.all(targets.map((target) => connectNode(recipe, target)));
  const pods = new LastingPods();
  const sandboxes = new PodSandboxes(cluster, assets.plugin.cniArgs);
  const createPod = async (network: NodeNetwork): Promise<DeployedPod> => {
    const enterNode = cluster.enterCommand(network.node);
    return addPod(network, await sandboxes.create(network.node), { enterNode, family }, host.signal);
  };
  /** Returns a lasting pod: one client and one server on the first node, one server on the second. */
  const lastingPod = (name: string, nodeIndex: number): Promise<DeployedPod> =>
    pods.get(name, () => createPod(nodeAt(networks, nodeIndex).forLastingPod()));
  return {
    kind: "bare",
    ...WITHOUT_KUBERNETES,
    connectPair: async (path) => {
      const client = await lastingPod("client", 0);
      return requireReachable(client, await (path === "cross-node" ? lastingPod("far", 1) : lastingPod("near", 0)));
    },
    pods: () => pods.all(),
    addPod: (nodeIndex) => lastingPod(`extra-${sandboxes.count}`, nodeIndex),
    daemons,
    onNode: async () => {
      const { node, runtime, network, watchInvocations } = nodeAt(networks, 0).forShortLivedPods;
      const { endpoint: peer } = await lastingPod("near", 0);
      return {
        plugin: assets.plugin.name,
        node,
        runtime,
        network,
        watchInvocations,
        pluginPath: PLUGIN_PATH,
        cniArgs: assets.plugin.cniArgs ?? [],
        daemonState: await readDaemonState(recipe.nodeFiles ?? [], node),
        peer,
        createSandbox: () => sandboxes.create(node),
      };
    },
  };
}

/** Returns the facts of one node that a recipe needs. @param device interface for plugins that move one into the pod */
export function recipeContext(
  cluster: BareCluster,
  node: BareNode,
  family: Family,
  device = UNDERLAY_INTERFACE,
): RecipeContext {
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

/** Returns the bare recipe. @throws EnvironmentError if there is none; plans skip such plugins */
export function recipeOf({ name, bare }: Plugin): BareRecipe {
  if (bare === undefined)
    throw new EnvironmentError(
      `${name} can only be deployed on Kubernetes; use --cluster ${preferredKind("kubernetes").name}`,
    );
  return bare;
}

/**
 * Returns the cluster with larger node ranges from its /16. The sixteenth /20 starts at the first address of the /16.
 * @param prefix prefix length of the ranges, at most 24
 */
function withPodRange(cluster: BareCluster, prefix: number): BareCluster {
  const nodes = cluster.nodes.map((node) => ({ ...node, podCidr: partOf(cluster.podCidr, prefix, node.index) }));
  return { ...cluster, nodes };
}

/** A node on which a recipe is carried out. */
interface NodeTarget {
  readonly cluster: BareCluster;
  readonly node: BareNode;
  readonly family: Family;
}

/** The networks of one node: several if each pod takes an interface of the node. */
interface NodeNetworks {
  /** Returns the network for a pod that stays. Each such pod has its own interface as long as spare ones remain. */
  readonly forLastingPod: () => NodeNetwork;
  readonly forShortLivedPods: NodeNetwork;
}

async function putRecipeFiles(
  recipe: BareRecipe,
  binaries: readonly Binary[],
  { cluster, node, family }: NodeTarget,
): Promise<void> {
  const files = recipe.files(recipeContext(cluster, node, family));
  const executables = binaries.map(({ name, file }) => ({
    path: `/opt/cni/bin/${name}`,
    mode: 0o755,
    source: { file },
  }));
  await cluster.putFiles(node, [...executables, ...files]);
}

/** Makes the pods of the other nodes reachable from a node. */
async function connectNode(recipe: BareRecipe, { cluster, node, family }: NodeTarget): Promise<NodeNetworks> {
  const context = recipeContext(cluster, node, family);
  const peers = cluster.nodes.filter((peer) => peer !== node);
  const commands = recipe.connect?.(node, peers, cluster.facts.underlayMtu) ?? [
    { argv: ["ip", "-batch", "-"], stdin: peers.flatMap(routesTo).join("") },
  ];
  for (const { argv, stdin = "" } of commands) await run(node.shell, argv, { stdin });
  const spare = Array.from({ length: recipe.spareLinks ?? 0 }, (_, i) =>
    nodeNetwork(node, recipe.config({ ...context, device: `net${i + 1}` })),
  );
  const shared = spare.pop() ?? nodeNetwork(node, recipe.config(context));
  return { forLastingPod: () => spare.shift() ?? shared, forShortLivedPods: shared };
}

function routesTo(peer: BareNode): string[] {
  const ipv6 = peer.ip6 === null ? [] : [`route add ${peer.podCidr6} via ${peer.ip6}\n`];
  return [`route add ${peer.podCidr} via ${peer.ip}\n`, ...ipv6];
}
