/** A plugin on a cluster with Kubernetes: pods, and services in front of them, in a namespace of their own. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { createPodNamespace } from "../clusters/kubernetes/namespace.ts";
import {
  createEndpointPods,
  type KubernetesPod,
  type PodNamespace,
  type PodRequest,
} from "../clusters/kubernetes/pods.ts";
import { Services } from "../clusters/kubernetes/services.ts";
import { BackgroundObjectScaler } from "../clusters/kubernetes/background-objects.ts";
import { isServicePath, type Path } from "../core/model.ts";
import type { BareDeployment } from "../runners/deployment.ts";
import { LOAD_PORTS } from "../runners/ports.ts";
import type { Assets } from "./assets.ts";
import { readDaemonState } from "./daemon-state.ts";
import { NO_DAEMONS } from "./daemons.ts";
import type { DeployOptions, Deployment, PluginDeployment } from "./deploy.ts";
import { installPlugin, NODE_PLUGIN_DIR } from "./install.ts";
import { describeLostNodes } from "./lost-nodes.ts";
import { nodeAt } from "./node-at.ts";
import { readNodeConfig } from "./node-config.ts";
import { podDaemons } from "./pod-daemons.ts";
import { nodeNetwork, type Pod } from "./pods.ts";
import { requireReachable, type NodePair } from "./reachability.ts";
import { clusterDeploymentOf } from "./privileged-cluster.ts";

const LOAD_PORT_NUMBERS = Object.values(LOAD_PORTS);

/** The baseline: pods in the network namespaces of the nodes, on a cluster that has no plugin. */
export async function deployKubernetesBaseline(
  cluster: KubernetesCluster,
  { signal }: DeployOptions,
): Promise<Deployment> {
  const pods = new PodSet(cluster, await createPodNamespace(cluster, "privileged", signal), signal, true);
  return {
    bareDeployment: null,
    clusterDeployment: null,
    daemons: NO_DAEMONS,
    describeLostNodes: watchNodes(cluster, signal),
    pods: () => pods.all(),
    connectPair: async () => {
      const [client, server] = await Promise.all([pods.get("client", 0), pods.get("far", 1)]);
      return requireReachable(client, server);
    },
  };
}

export async function deployOnKubernetes(
  assets: Assets,
  cluster: KubernetesCluster,
  { signal }: DeployOptions,
): Promise<PluginDeployment> {
  await installPlugin(assets, cluster, signal);
  const home = await createPodNamespace(cluster, "restricted", signal);
  const pods = new PodSet(cluster, home, signal, false);
  const services = new Services(home);
  const scaler = new BackgroundObjectScaler(
    home,
    cluster.nodes.map(({ name }) => name),
  );
  let extra = 0;
  return {
    setBackgroundObjects: (load) => scaler.scaleTo(load, async () => (await pods.get("client", 0)).endpoint, signal),
    connectPair: async (path): Promise<NodePair> => {
      const [client, server] = await Promise.all([pods.get("client", 0), pods.get(...serverPod(path))]);
      const pair =
        server === client
          ? { client: client.endpoint, server: server.endpoint }
          : await requireReachable(client, server);
      return isServicePath(path)
        ? {
            client: pair.client,
            server: await services.endpointFor(path, { ...pair, ports: LOAD_PORT_NUMBERS }, signal),
          }
        : pair;
    },
    pods: () => pods.all(),
    addPod: (nodeIndex) => pods.get(`extra-${++extra}`, nodeIndex),
    describeLostNodes: watchNodes(cluster, signal),
    clusterDeployment: clusterDeploymentOf(assets.plugin, cluster, signal),
    daemons: podDaemons(assets.plugin, cluster, signal),
    bareDeployment: () => bareDeploymentOnKubernetes(assets, cluster, pods),
  };
}

/** Connections do not come back: what was told once is told again, without another wait. */
function watchNodes(cluster: KubernetesCluster, signal: AbortSignal): () => Promise<string | null> {
  let reported: string | null = null;
  return async () => (reported ??= await describeLostNodes(cluster, signal));
}

/** The pod that serves on a path, and the index of its node. */
function serverPod(path: Path): [name: string, nodeIndex: number] {
  if (path === "hairpin") return ["client", 0];
  return path === "same-node" ? ["near", 0] : ["far", 1];
}

/** Pods that are made when they are first asked for, and stay. */
class PodSet {
  readonly #cluster: KubernetesCluster;
  readonly #home: PodNamespace;
  readonly #signal: AbortSignal;
  readonly #hostNetwork: boolean;
  readonly #pods = new Map<string, Promise<Pod>>();

  constructor(cluster: KubernetesCluster, home: PodNamespace, signal: AbortSignal, hostNetwork: boolean) {
    this.#cluster = cluster;
    this.#home = home;
    this.#signal = signal;
    this.#hostNetwork = hostNetwork;
  }

  get(name: string, nodeIndex: number): Promise<Pod> {
    const pod =
      this.#pods.get(name) ??
      this.#create({ name, node: nodeAt(this.#cluster.nodes, nodeIndex), hostNetwork: this.#hostNetwork });
    this.#pods.set(name, pod);
    return pod;
  }

  async all(): Promise<readonly Pod[]> {
    return (await Promise.allSettled(this.#pods.values())).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
  }

  async #create(request: PodRequest): Promise<Pod> {
    const [pod] = await createEndpointPods(this.#home, [request], this.#signal);
    if (pod === undefined) throw new Error("one pod was wanted and none was made");
    return podOf(pod);
  }
}

function podOf({ endpoint, enterCommand: enter }: KubernetesPod): Pod {
  return { endpoint, addresses: [endpoint.ip], enter };
}

/** The plugin as it lies on a node, called by cnibench's own CNI runtime: what Kubernetes does not let one ask for. */
async function bareDeploymentOnKubernetes(
  { plugin }: Assets,
  cluster: KubernetesCluster,
  pods: PodSet,
): Promise<BareDeployment> {
  const node = nodeAt(cluster.nodes, 0);
  const { endpoint: peer } = await pods.get("near", 0);
  const { runtime, network, watch } = nodeNetwork(node, await readNodeConfig(node));
  let count = 0;
  const createSandbox = (): ReturnType<BareDeployment["createSandbox"]> =>
    cluster.createSandbox(node, `cnibench-${process.pid}-${++count}`);
  return {
    plugin: plugin.name,
    node,
    runtime,
    network,
    watchInvocations: watch,
    pluginPath: [NODE_PLUGIN_DIR],
    servesKubernetes: true,
    daemonState: await readDaemonState(plugin.kubernetes?.nodeFiles ?? [], node),
    peer,
    createSandbox,
  };
}
