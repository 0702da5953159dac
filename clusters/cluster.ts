/** The contract of clusters, which provide nodes. Each kind has its own directory and is registered in index.ts. */
import type { BareNode, Node, NodeFile, Sandbox } from "../core/model.ts";
import type { Problem } from "../core/errors.ts";
import type { FetchOptions } from "../tools/fetch.ts";
import type { Kubectl } from "../kubernetes/client.ts";
import type { KubeProxyMode } from "../kubernetes/types.ts";
import type { ExistingClusters } from "./existing.ts";
import type { KindOptions } from "./options.ts";

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
  /** Id of the run, which is part of the names of created resources so that they can be found after a crash. */
  readonly runId?: string;
  /** Directory for console output and logs of the nodes. Default: they are not saved. */
  readonly logs?: string;
  /** Only for kinds whose `api` is `kubernetes`. */
  readonly kubernetes?: KubernetesSpec;
  /** The result of {@link KindOptions.parse} of the kind. */
  readonly options?: object;
}

/** The network components of a Kubernetes cluster that is created for one plugin. */
export interface KubernetesSpec {
  /** `default`: keep the CNI plugin that the kind of cluster installs. */
  readonly cni: "default" | "none";
  readonly kubeProxyMode: KubeProxyMode;
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

/** Writes files to nodes. */
export interface FileAccess {
  putFiles(node: Node, files: readonly NodeFile[]): Promise<void>;
}

/** Creates empty network namespaces on nodes. */
export interface SandboxFactory {
  createSandbox(node: Node, name: string): Promise<Sandbox>;
}

interface ClusterBase extends AsyncDisposable {
  readonly kind: string;
  readonly facts: ClusterFacts;
  readonly nodes: readonly Node[];
  /**
   * Returns the command prefix that runs a command on a node.
   * @param terminal whether standard input is a terminal (default: true)
   */
  enterCommand(node: Node, terminal?: boolean): readonly string[];
  /** Saves the logs of the nodes in the directory of the specification. Omitted: unsupported. */
  exportLogs?(): Promise<void>;
  /**
   * Freezes all processes of the cluster until `resume`, for kinds that create several clusters at once.
   * @throws EnvironmentError
   */
  pause?(): Promise<void>;
  /** Resumes a paused cluster and waits until it has recovered. @throws EnvironmentError if it does not recover. */
  resume?(signal: AbortSignal): Promise<void>;
}

/** A cluster on which cnibench creates the pods with its own CNI runtime. */
export interface BareCluster extends ClusterBase, FileAccess, SandboxFactory {
  readonly api: "bare";
  readonly nodes: readonly BareNode[];
  /** The ranges that contain the pod ranges of all nodes. */
  readonly podCidr: string;
  readonly podCidr6: string;
}

/**
 * A cluster whose pods are created through the Kubernetes API. Its sandboxes serve to test a plugin on a node
 * directly; a cluster without file access or sandboxes does not allow them.
 */
export interface KubernetesCluster extends ClusterBase, Partial<FileAccess>, Partial<SandboxFactory> {
  readonly api: "kubernetes";
  readonly kubectl: Kubectl;
  /** What the installation of a plugin needs. Omitted: the plugin that is installed already is measured. */
  readonly installation?: InstallationFacts;
  readonly loadImage: string;
  readonly version: string;
  readonly kubeProxyMode: KubeProxyMode | null;
}

/** A cluster on which plugins can be installed. */
export interface InstallableCluster extends KubernetesCluster {
  readonly installation: InstallationFacts;
}

/** The facts of a Kubernetes cluster that the installation of a plugin depends on. */
export interface InstallationFacts {
  /** The range that contains the pod ranges of all nodes. */
  readonly podCidr: string;
  /** Address of the API server that needs no service, for plugins that replace kube-proxy. */
  readonly apiServer: { readonly host: string; readonly port: number };
  /** Whether images of plugins are pulled by digest; the user's image archive or mirror provides them by tag. */
  readonly pullsByDigest: boolean;
  /** Directory at which the node shells see the files of the node. Default: the root directory. */
  readonly nodeRoot?: string;
}

export type Cluster = BareCluster | KubernetesCluster;

/** Parameters of {@link ClusterKind.setup}. */
export interface SetupOptions extends FetchOptions {
  /** Values of the options of the kind. */
  readonly flags?: object;
}

interface KindBase {
  readonly name: string;
  readonly summary: string;
  /** Maximum number of nodes. */
  readonly maxNodes: number;
  /** Tools that this host must have. */
  readonly tools: readonly string[];
  /** Whether the nodes provide the tools of runners and plugins, so that this host only needs `tools`. */
  readonly nodesHaveTools?: boolean;
  /** Whether the node shells only see their own processes. */
  readonly hidesProcesses?: boolean;
  /** Whether the network between the nodes is given, so that its MTU, rate, delay and loss cannot be set. */
  readonly fixedUnderlay?: boolean;
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
  /** Omitted: the kind has no options. */
  readonly options?: KindOptions;
  /** Only for kinds whose clusters exist already. */
  readonly existing?: ExistingClusters;
  /** Returns everything that prevents the creation of the cluster. Creates nothing. */
  check(spec?: ClusterSpec): Promise<readonly Problem[]>;
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
   * @param flags values of the options of the kind for `cnibench clean`
   * @returns one message for each leftover that was removed or skipped, with the reason for a skip
   */
  clean?(flags: object): Promise<readonly string[]>;
}

/** A kind whose pods cnibench creates with its own CNI runtime. */
export interface BareKind extends KindBase {
  readonly api: "bare";
  /** Creates a cluster. @throws EnvironmentError on failure, after removing everything that was created. */
  create(spec: ClusterSpec, signal: AbortSignal): Promise<BareCluster>;
}

/** A kind whose pods are created through the Kubernetes API. */
export interface KubernetesKind extends KindBase {
  readonly api: "kubernetes";
  /** Creates a cluster. @throws EnvironmentError on failure, after removing everything that was created. */
  create(spec: ClusterSpec, signal: AbortSignal): Promise<KubernetesCluster>;
}

/** A kind of cluster that `--cluster` can select. */
export type ClusterKind = BareKind | KubernetesKind;
