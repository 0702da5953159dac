/** Deploys a plugin on a Kubernetes cluster: installs it and creates pods and services in a separate namespace. */
import { type KubernetesCluster, preferredKind } from "../../../clusters/index.ts";
import { WITHOUT_POD } from "../../../cni/index.ts";
import {
  BackgroundObjectScaler,
  createEndpointPods,
  createPodNamespace,
  type KubernetesPod,
  type PodAccess,
  type PodNamespace,
  type PodRequest,
  Services,
} from "../../../kubernetes/index.ts";
import type { Host } from "../../../core/host.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { isServicePath, type Path } from "../../../core/model.ts";
import { LOAD_PORTS, type NodeDeployment } from "../../../runners/index.ts";
import type { Assets } from "../../preflight/assets.ts";
import { readDaemonState } from "../daemon-state.ts";
import { NO_DAEMONS, type BaselineDeployment, type KubernetesDeployment } from "../live-deployment.ts";
import { LastingPods, nodeAt, requireReachable, type EndpointPair, type DeployedPod } from "../endpoints.ts";
import { nodeNetwork } from "../node-network.ts";
import { asPod } from "../pod-sandbox.ts";
import { installPlugin, NODE_PLUGIN_DIR } from "./install.ts";
import { describeLostNodes } from "./lost-nodes.ts";
import { readNodeConfig } from "./node-config.ts";
import { podDaemons } from "./pod-daemons.ts";
import { clusterDeploymentOf } from "./cluster-deployment.ts";

const LOAD_PORT_NUMBERS = Object.values(LOAD_PORTS);

/** Deploys the baseline: pods in the network namespaces of the nodes, on a cluster without a plugin. */
export async function deployKubernetesBaseline(host: Host, cluster: KubernetesCluster): Promise<BaselineDeployment> {
  const { signal } = host;
  const pods = new PodSet(cluster, await createPodNamespace(cluster, "privileged", signal), signal, "host network");
  return {
    kind: "baseline",
    setBackgroundObjects: () => Promise.resolve(),
    daemons: NO_DAEMONS,
    describeLostNodes: watchNodes(host, cluster),
    pods: () => pods.all(),
    connectPair: async () => {
      const [client, server] = await Promise.all([pods.get("client", 0), pods.get("far", 1)]);
      return requireReachable(client, server);
    },
  };
}

/** Deploys a plugin with its Kubernetes recipe. @throws EnvironmentError if the plugin does not become ready */
export async function deployOnKubernetes(
  host: Host,
  assets: Assets,
  cluster: KubernetesCluster,
): Promise<KubernetesDeployment> {
  const { signal } = host;
  await installPlugin(host, assets, cluster);
  const namespace = await createPodNamespace(cluster, "restricted", signal);
  const pods = new PodSet(cluster, namespace, signal, "restricted");
  const services = new Services(namespace);
  const scaler = new BackgroundObjectScaler(
    namespace,
    cluster.nodes.map(({ name }) => name),
  );
  let extra = 0;
  return {
    kind: "kubernetes",
    setBackgroundObjects: (objects) =>
      scaler.scaleTo(objects, async () => (await pods.get("client", 0)).endpoint, signal),
    connectPair: async (path): Promise<EndpointPair> => {
      const [client, server] = await Promise.all([pods.get("client", 0), pods.get(...serverPod(path))]);
      const pair =
        server === client
          ? { client: client.endpoint, server: server.endpoint }
          : await requireReachable(client, server);
      if (!isServicePath(path)) return pair;
      const service = await services.endpointFor(path, { ...pair, ports: LOAD_PORT_NUMBERS }, signal);
      return { client: pair.client, server: service };
    },
    pods: () => pods.all(),
    addPod: (nodeIndex) => pods.get(`extra-${++extra}`, nodeIndex),
    describeLostNodes: watchNodes(host, cluster),
    onCluster: clusterDeploymentOf(assets.plugin, cluster, signal),
    daemons: podDaemons(assets.plugin, cluster, signal),
    onNode: () => deploymentOnNode(assets, cluster, pods),
  };
}

/** Returns a function that reports lost nodes. A lost connection never recovers, so the first report is repeated. */
function watchNodes(host: Host, cluster: KubernetesCluster): () => Promise<string | null> {
  let reported: string | null = null;
  return async () => (reported ??= await describeLostNodes(host, cluster));
}

/** Returns the pod that serves on a path and the index of its node. */
function serverPod(path: Path): [name: string, nodeIndex: number] {
  if (path === "hairpin") return ["client", 0];
  return path === "same-node" ? ["near", 0] : ["far", 1];
}

/** The lasting pods of a deployment. */
class PodSet {
  readonly #cluster: KubernetesCluster;
  readonly #namespace: PodNamespace;
  readonly #signal: AbortSignal;
  readonly #access: PodAccess;
  readonly #pods = new LastingPods();

  constructor(cluster: KubernetesCluster, namespace: PodNamespace, signal: AbortSignal, access: PodAccess) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#signal = signal;
    this.#access = access;
  }

  /** Returns a pod and creates it on first use. @param nodeIndex 0 for the first node */
  get(name: string, nodeIndex: number): Promise<DeployedPod> {
    return this.#pods.get(name, () =>
      this.#create({ name, node: nodeAt(this.#cluster.nodes, nodeIndex), access: this.#access }),
    );
  }

  all(): Promise<readonly DeployedPod[]> {
    return this.#pods.all();
  }

  async #create(request: PodRequest): Promise<DeployedPod> {
    const [pod] = await createEndpointPods(this.#namespace, [request], this.#signal);
    if (pod === undefined) throw new Error("the requested pod was not created");
    return podOf(pod);
  }
}

function podOf({ endpoint, enterCommand }: KubernetesPod): DeployedPod {
  return { endpoint, addresses: [endpoint.ip], enterCommand };
}

/** Lets cnibench's CNI runtime call the plugin installed on a node, for operations that Kubernetes does not offer. */
async function deploymentOnNode({ plugin }: Assets, cluster: KubernetesCluster, pods: PodSet): Promise<NodeDeployment> {
  const node = nodeAt(cluster.nodes, 0);
  const { endpoint: peer } = await pods.get("near", 0);
  const { runtime, network, watchInvocations: watch } = nodeNetwork(node, await readNodeConfig(node));
  // The API has no pods for these sandboxes, so a plugin that looks for them would fail.
  const cniArgs = [...WITHOUT_POD, ...(plugin.cniArgs ?? [])];
  let count = 0;
  const createSandbox: NodeDeployment["createSandbox"] = async () => {
    if (cluster.createSandbox === undefined)
      throw new EnvironmentError(
        "this requires a network namespace on a node, but cnibench has no root access there; " +
          `use --cluster ${preferredKind("kubernetes").name}`,
      );
    return asPod(await cluster.createSandbox(node, `cnibench-${process.pid}-${++count}`), cniArgs);
  };
  return {
    plugin: plugin.name,
    node,
    runtime,
    network,
    watchInvocations: watch,
    pluginPath: [NODE_PLUGIN_DIR],
    servesKubernetes: true,
    cniArgs,
    daemonState: await readDaemonState(plugin.kubernetes?.nodeFiles ?? [], node),
    peer,
    createSandbox,
  };
}
