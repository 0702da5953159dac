/** The contract of clusters, which provide nodes. Each kind has its own directory and is registered in index.ts. */
import type { Node, NodeFile, Sandbox } from "../core/model.ts";
import type { Problem } from "../core/errors.ts";
import type { FetchOptions } from "../tools/fetch.ts";
import type { StoredMachine } from "../results/record.ts";
import type { Kubectl } from "../kubernetes/client.ts";
import type { KubeProxyMode } from "../kubernetes/types.ts";

/** A cluster to create. An omitted property means the default of the kind. */
export interface ClusterSpec {
  readonly nodes: number;
  /** MTU of the network between the nodes, bytes. */
  readonly underlayMtu: number;
  /**
   * Rate in bit/s, one-way delay in seconds and packet loss (0 to 1) of the traffic that each node receives.
   * Default: unshaped.
   */
  readonly underlayRate?: number;
  readonly underlayDelay?: number;
  readonly underlayLoss?: number;
  /**
   * Number of additional interfaces of each node on the underlay: `net1`, `net2` ..., up and without addresses.
   * Default: 0.
   */
  readonly spareLinks?: number;
  /** Required for kinds whose `api` is `kubernetes`. */
  readonly kubernetes?: KubernetesSpec;
  /** Only for kinds whose nodes are virtual machines. */
  readonly machine?: MachineSpec;
}

/** The hardware and boot files of each virtual machine. Paths are absolute. */
export interface MachineSpec extends StoredMachine {
  /** Directory for the console output of the nodes; null: do not save it. */
  readonly logs: string | null;
}

/** How to create a Kubernetes cluster, or which existing one to use. */
export interface KubernetesSpec extends KubernetesImages {
  /** Id of the run, which is part of the names of created resources so that they can be found after a crash. */
  readonly runId: string;
  /** `default`: keep the CNI plugin that the kind of cluster installs. */
  readonly cni: "default" | "none";
  /** Address range of all pods. */
  readonly podCidr: string;
  readonly kubeProxyMode: KubeProxyMode;
  /** Directory for the logs of a cluster that fails; null: do not save them. */
  readonly logs: string | null;
  /** Only for the kind `kubeconfig`. */
  readonly existing?: ExistingSpec;
}

/** Selects an existing cluster and its nodes. */
export interface ExistingSpec {
  /** Context of the kubeconfig; null: the current context. */
  readonly context: string | null;
  /** Label selector of the nodes to measure; null: any node. */
  readonly nodeSelector: string | null;
  /** Whether a plugin is installed on the cluster for the duration of the run. */
  readonly installsPlugin: boolean;
}

/** The container images of a Kubernetes cluster. An omitted image means the default of the kind. */
export interface KubernetesImages {
  /** Image of nodes that are containers. */
  readonly nodeImage?: string;
  /** Image with the load tools, which pods run. */
  readonly loadImage: string;
  /** Archive of images (`docker save`) that is imported on every node before anything is installed. */
  readonly imageArchive?: string;
  /** `host:port` of the registry that all other images are pulled from. */
  readonly registryMirror?: string;
}

/** Facts about a cluster that are stored with every run. */
export interface ClusterFacts {
  /** `user namespace`, `root namespaces`, `containers`, ... */
  readonly isolation: string;
  readonly underlayMtu: number;
  /** bit/s; null: unlimited. */
  readonly underlayRate: number | null;
  /** One-way delay in seconds; null: no added delay. */
  readonly underlayDelay: number | null;
  /** Share of packets dropped, 0 to 1; null: no added loss. */
  readonly underlayLoss: number | null;
  readonly sameHost: boolean;
  readonly emulated: boolean;
}

interface ClusterBase extends AsyncDisposable {
  readonly kind: string;
  readonly facts: ClusterFacts;
  readonly nodes: readonly Node[];
  /** The range that contains the pod ranges of all nodes. */
  readonly podCidr: string;
  readonly podCidr6: string;
  putFiles(node: Node, files: readonly NodeFile[]): Promise<void>;
  /**
   * Returns the command prefix that runs a command on a node.
   * @param terminal whether standard input is a terminal (default: true)
   */
  enterCommand(node: Node, terminal?: boolean): readonly string[];
  createSandbox(node: Node, name: string): Promise<Sandbox>;
}

/** A cluster on which cnibench creates the pods with its own CNI runtime. */
export interface BareCluster extends ClusterBase {
  readonly api: "bare";
}

/**
 * A cluster whose pods are created through the Kubernetes API. Its sandboxes serve to test a plugin on a node
 * directly.
 */
export interface KubernetesCluster extends ClusterBase {
  readonly api: "kubernetes";
  readonly kubectl: Kubectl;
  /** Whether cnibench installs the plugin; otherwise it measures the plugin that is already installed. */
  readonly installsPlugin: boolean;
  /** Directory at which the node shells see the files of the node. Default: the root directory. */
  readonly nodeRoot?: string;
  /** Whether images of plugins are pulled by digest; the user's image archive or mirror provides them by tag. */
  readonly pullsByDigest: boolean;
  readonly loadImage: string;
  /** Address of the API server that needs no service, for plugins that replace kube-proxy. */
  readonly apiServer: { readonly host: string; readonly port: number };
  readonly version: string;
  readonly kubeProxyMode: KubeProxyMode | null;
  /** Saves the logs of the nodes with the run, if the kind supports it. */
  exportLogs?(): Promise<void>;
  /**
   * Freezes all processes of the cluster until `resume`, for kinds that create several clusters at once.
   * @throws EnvironmentError
   */
  pause?(): Promise<void>;
  /** Resumes a paused cluster and waits until it has recovered. @throws EnvironmentError if it does not recover. */
  resume?(signal: AbortSignal): Promise<void>;
}

export type Cluster = BareCluster | KubernetesCluster;

/** Options for {@link ClusterKind.setup}. */
export interface SetupOptions extends FetchOptions {
  /** URL of the Debian archive that images are built from; undefined: the archive that this host uses. */
  readonly archiveUrl?: string;
}

/** A kind of cluster that `--cluster` can select. */
export interface ClusterKind {
  readonly name: string;
  readonly summary: string;
  /** What creates the pods: cnibench's own CNI runtime, or Kubernetes. */
  readonly api: Cluster["api"];
  /** Maximum number of nodes. */
  readonly maxNodes: number;
  /** Tools that this host must have. */
  readonly tools: readonly string[];
  /** Whether the nodes provide the tools of runners and plugins, so that this host only needs `tools`. */
  readonly nodesHaveTools?: boolean;
  /** Whether the node shells only see their own processes. */
  readonly hidesProcesses?: boolean;
  /**
   * Approximate time to create a cluster, deploy a plugin and delete the cluster, in seconds. Used for time
   * estimates.
   */
  readonly deploySeconds: number;
  /**
   * The cluster from which the environment of a run is read: a separate one before anything is measured, so that
   * problems are found early, or the one of the first deployment, if clusters are too slow to create another one.
   */
  readonly inspection: "separate" | "first-deployment";
  /** Returns everything that prevents the creation of the cluster. Creates nothing. */
  check(spec?: ClusterSpec): Promise<readonly Problem[]>;
  /** Creates a cluster. @throws EnvironmentError on failure, after removing everything that was created. */
  create(spec: ClusterSpec, signal: AbortSignal): Promise<Cluster>;
  /** Returns how many clusters this host can run at the same time. Omitted: one after the other. */
  maxClustersAtOnce?(spec: ClusterSpec): number;
  /** Whether the nodes run under software emulation. Call it only if `check` reports no problem. Omitted: never. */
  isEmulated?(spec: ClusterSpec, signal: AbortSignal): Promise<boolean>;
  /** Describes the expected performance on this host in a sentence. Call it only if `check` reports no problem. */
  describePerformance?(): Promise<string>;
  /** Builds everything that is built once and cached. @returns a sentence about the result. @throws EnvironmentError */
  setup?(options: SetupOptions): Promise<string>;
  /**
   * Removes leftovers of killed runs.
   * @param context context of the existing cluster to clean; null: clean this host only
   * @returns one message for each leftover that was removed or skipped, with the reason for a skip
   */
  clean?(context: string | null): Promise<readonly string[]>;
}
