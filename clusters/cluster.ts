/** Contract of a cluster: where nodes come from. One file (or folder) per kind, registered in index.ts. */
import type { Node, Problem, Sandbox } from "../core/model.ts";
import type { FetchOptions } from "../core/tools/fetch.ts";
import type { StoredMachine } from "../results/record.ts";
import type { Kubectl } from "./kubernetes/kubectl.ts";

export interface ClusterSpec {
  readonly nodes: number;
  /** MTU of the network between the nodes, bytes. */
  readonly underlayMtu: number;
  /** Shaping of what each node receives from the others: bit/s, seconds of one-way delay, share of packets lost (0 to 1). Left out: none. */
  readonly underlayRate?: number;
  readonly underlayDelay?: number;
  readonly underlayLoss?: number;
  /** Interfaces of each node on the underlay beside eth0: `net1`, `net2` ..., up and without addresses. Left out: none. */
  readonly spareLinks?: number;
  /** Only for kinds whose `api` is `kubernetes`. */
  readonly kubernetes?: KubernetesSpec;
  /** Only for nodes that are virtual machines; left out: the kind's own choice. */
  readonly machine?: MachineSpec;
}

/** Its files are absolute paths. */
export interface MachineSpec extends StoredMachine {
  /** Folder for the consoles of the nodes; null: they are not kept. */
  readonly logs: string | null;
}

/** What a cluster with Kubernetes is made of. */
export interface KubernetesSpec extends KubernetesImages {
  /** Id of the run that it is for: a part of the names of what is made, so that it can be found after a crash. */
  readonly runId: string;
  /** `default`: what the kind of cluster brings along is left in place. */
  readonly cni: "default" | "none";
  /** The range that pods get their addresses from. */
  readonly podCidr: string;
  readonly kubeProxyMode: KubeProxyMode;
  /** Folder for the logs of a cluster that fails; null: they are not kept. */
  readonly logs: string | null;
  /** Only for a cluster that exists. */
  readonly existing?: ExistingSpec;
}

/** Which cluster of the user's, and which of its nodes. */
export interface ExistingSpec {
  /** Of the kubeconfig; null: the current one. */
  readonly context: string | null;
  /** Labels of the nodes that may be measured; null: all may. */
  readonly nodeSelector: string | null;
  /** Whether a plugin is put on it for the time of the run. */
  readonly installsPlugin: boolean;
}

export type KubeProxyMode = "iptables" | "ipvs" | "nftables" | "none";

/** Where the images come from; undefined: the kind's own. */
export interface KubernetesImages {
  /** Image of a node that is a container. */
  readonly nodeImage?: string;
  /** Image with the load tools that pods run. */
  readonly loadImage: string;
  /** Archive of images (`docker save`) that every node gets before anything is installed. */
  readonly imageArchive?: string;
  /** `host:port` of a registry that is asked for the images of all others. */
  readonly registryMirror?: string;
}

/** A file that a node gets: given text, or a copy of a file of the machine that cnibench runs on. */
export interface NodeFile {
  readonly path: string;
  /** Octal, 0o755 for a program. */
  readonly mode: number;
  readonly source: { readonly text: string } | { readonly file: string };
}

export interface ClusterFacts {
  /** `user namespace`, `root namespaces`, `containers` ... */
  readonly isolation: string;
  readonly underlayMtu: number;
  /** bit/s; null: not limited. */
  readonly underlayRate: number | null;
  /** Seconds, one way; null: none added. */
  readonly underlayDelay: number | null;
  /** Share of packets, 0 to 1; null: none added. */
  readonly underlayLoss: number | null;
  readonly sameHost: boolean;
  readonly emulated: boolean;
}

interface ClusterBase extends AsyncDisposable {
  readonly kind: string;
  readonly facts: ClusterFacts;
  readonly nodes: readonly Node[];
  /** The range that all pod ranges of the nodes lie in. */
  readonly podCidr: string;
  readonly podCidr6: string;
  putFiles(node: Node, files: readonly NodeFile[]): Promise<void>;
  /** Command that enters a node from a terminal of this machine, or (`terminal` false) with any standard input; what follows it runs there. */
  enterCommand(node: Node, terminal?: boolean): readonly string[];
  createSandbox(node: Node, name: string): Promise<Sandbox>;
}

/** A cluster whose pods cnibench makes itself, with its own CNI runtime. */
export interface BareCluster extends ClusterBase {
  readonly api: "bare";
}

/** A cluster whose pods the Kubernetes API makes. Its sandboxes are for testing a plugin on a node beside Kubernetes. */
export interface KubernetesCluster extends ClusterBase {
  readonly api: "kubernetes";
  readonly kubectl: Kubectl;
  /** Whether cnibench puts the plugin on it; else it measures the one that is there. */
  readonly installsPlugin: boolean;
  /** Folder where the shells of the nodes see the files of the nodes; left out: they see them as they are. */
  readonly nodeRoot?: string;
  /** Whether a plugin's images are pulled by digest; an archive or a mirror of the user's has them by tag. */
  readonly pullsByDigest: boolean;
  readonly loadImage: string;
  /** Where the API server is reached without a service: for plugins that take the place of kube-proxy. */
  readonly apiServer: { readonly host: string; readonly port: number };
  readonly version: string;
  readonly kubeProxyMode: KubeProxyMode | null;
  /** Keeps what the nodes logged with the run, where the kind of cluster can. */
  exportLogs?(): Promise<void>;
  /** Stops all that runs on it until `thaw`. Where the kind makes several at once. @throws EnvironmentError */
  pause?(): Promise<void>;
  /** @throws EnvironmentError when it is not as it was. */
  resume?(signal: AbortSignal): Promise<void>;
}

export type Cluster = BareCluster | KubernetesCluster;

export interface SetupOptions extends FetchOptions {
  /** URL of the Debian archive that images are made from; undefined: the machine's own. */
  readonly archiveUrl?: string;
}

export interface ClusterKind {
  readonly name: string;
  readonly summary: string;
  /** Who makes the pods: cnibench's own CNI runtime, or Kubernetes. */
  readonly api: Cluster["api"];
  /** Largest number of nodes. */
  readonly maxNodes: number;
  /** Programs that the machine must have for it. */
  readonly tools: readonly string[];
  /** Its nodes have the programs of runners and plugins: this machine needs only `tools`. */
  readonly nodesHaveTools?: boolean;
  /** The shells of its nodes see only their own processes. */
  readonly hidesProcesses?: boolean;
  /** About how long it takes to bring one up with a plugin, and down, seconds: for the time left. */
  readonly deploySeconds: number;
  /** Everything that stands in the way, before anything is made. */
  check(spec?: ClusterSpec): Promise<readonly Problem[]>;
  /** @throws EnvironmentError when the system refuses. Everything made is gone then. */
  create(spec: ClusterSpec, signal: AbortSignal): Promise<Cluster>;
  /** How many this machine can make at the same time; left out: one is made when the one before is gone. */
  maxClustersAtOnce?(spec: ClusterSpec): number;
  /** Whether software plays the processors of such nodes. Only where nothing stands in the way; left out: never. */
  isEmulated?(spec: ClusterSpec, signal: AbortSignal): Promise<boolean>;
  /** What performance to expect on this machine, as a sentence. Only where nothing stands in the way. */
  describePerformance?(): Promise<string>;
  /** Makes what is made once and kept in the cache. @returns what there is now, as a sentence. @throws EnvironmentError */
  setup?(options: SetupOptions): Promise<string>;
  /**
   * Removes what runs that were killed have left.
   * @param context of the kubeconfig, whose cluster is looked at; null: no cluster of the user's is
   * @returns a sentence for each thing that was removed, or that was not and why
   */
  clean?(context: string | null): Promise<readonly string[]>;
}
