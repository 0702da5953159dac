/** The contract of clusters, which provide nodes. */
import type { BareNode, CpuAccounting, Node, NodeFile, Sandbox } from "../core/model.ts";
import type { Shell } from "../core/shell.ts";
import type { Kubectl, KubeProxyMode } from "../kubernetes/index.ts";

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
  /** What the options of the kind select: the result of `parse` in `options.ts`. */
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
  /** `processes` requires that all nodes show the processes of the cluster, and no others, in /proc. */
  readonly cpuAccounting: CpuAccounting;
}

/** The machines whose CPUs the nodes run on, or why cnibench must not keep these CPUs awake. */
export type NodeCpus = { readonly machines: readonly Shell[] } | { readonly leaveIdle: string };

/** Writes files to nodes. */
interface FileAccess {
  putFiles(node: Node, files: readonly NodeFile[]): Promise<void>;
}

/** Creates empty network namespaces on nodes. */
interface SandboxFactory {
  createSandbox(node: Node, name: string): Promise<Sandbox>;
}

interface ClusterBase extends AsyncDisposable {
  readonly kind: string;
  readonly facts: ClusterFacts;
  readonly nodes: readonly Node[];
  readonly cpus: NodeCpus;
  /** IDs of the processes of this host that all processes of the cluster descend from. Only of kinds that `coexist`. */
  readonly rootPids?: readonly number[];
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
  /** Version of the API server: `v1.34.3`; null if it is not reported. */
  readonly version: string | null;
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
