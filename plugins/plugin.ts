/** The contract of a plugin: data and a recipe per cluster API. One file per plugin, registered in index.ts. */

import type { CniArgs, SpecVersion } from "../cni/index.ts";
import type { Family } from "../core/model.ts";
import type { NodeFile } from "../core/model.ts";
import type { HelmChart, KubeProxyMode, ManifestChanges, PublishedManifest, Workload } from "../kubernetes/index.ts";

/** The node and cluster facts available to a recipe. */
export interface RecipeContext {
  /** Address family of the pods. */
  readonly family: Family;
  /** Range of all pods in the cluster: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /** Range of the pods on this node: `10.244.1.0/24`. */
  readonly nodeCidr: string;
  /** IPv6 range of all pods in the cluster: `fd00:10:244::/48`. */
  readonly clusterCidr6: string;
  /** IPv6 range of the pods on this node, a /64. */
  readonly nodeCidr6: string;
  /** Bytes. */
  readonly underlayMtu: number;
  /** Node interface that connects the pod: `eth0`, or an interface reserved for this pod (`spareLinks`). */
  readonly device: string;
}

/** Link types that a kernel may not support. veth and bridge are always available, because they connect the nodes. */
export type LinkType = "macvlan" | "ipvlan" | "vlan" | "vxlan" | "ipip" | "wireguard";

/** The facts about a node that other nodes need. */
export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
}

/** A command to run on a node. */
export interface NodeCommand {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** The facts available to a daemon: its node, and the first node, which runs cluster-wide services. */
export interface DaemonContext {
  readonly self: NodeFacts;
  readonly firstNode: NodeFacts;
  /** Range of all pods in the cluster. */
  readonly clusterCidr: string;
}

/** A process that runs on nodes as long as the plugin is deployed. */
export interface Daemon {
  /** Name in messages and of its log file. */
  readonly name: string;
  /** `first node`: one instance for the cluster. */
  readonly on: "every node" | "first node";
  argv(context: DaemonContext): readonly string[];
  /** Additional environment variables. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Command that succeeds on the node of the daemon once the daemon is ready, e.g. `test -s FILE`. It is repeated, and
   * killed after 5 seconds.
   */
  readinessCommand(context: DaemonContext): readonly string[];
}

/** How a plugin is deployed on nodes without Kubernetes, where cnibench creates the pods (netns, vm). */
export interface BareRecipe {
  /** CNI plugin binaries for /opt/cni/bin of every node, the main binary first. */
  readonly binaries: readonly string[];
  /** Daemon binaries for the same directory, from `--bin-dir` or the search path. Default: none. */
  readonly daemonBinaries?: readonly string[];
  /** Download pages of binaries that no distribution packages, by name. */
  readonly downloadUrls?: Readonly<Record<string, string>>;
  /** Package paths of those `binaries` that ship with cnibench, by name. `--bin-dir` takes precedence. */
  readonly shippedBinaries?: Readonly<Record<string, string>>;
  /** Tools that the plugin runs on the node. */
  readonly tools: readonly string[];
  /** Link types that its pods need and that the kernel may not support. */
  readonly linkTypes: readonly LinkType[];
  /** Interfaces that each node needs in addition to eth0 if every pod uses one. Default: 0. */
  readonly spareLinks?: number;
  /** Address families that its pods support. */
  readonly families: readonly Family[];
  /** Prefix length of the largest supported pod range of a node. Default: any. */
  readonly minPodRangePrefix?: number;
  /** Maximum number of pods per node, with the reason. Default: limited by the addresses only. */
  readonly podLimit?: { readonly pods: number; readonly reason: string };
  /** Specification version of its configuration. */
  readonly specVersion: SpecVersion;
  /** Returns the network configuration (single or list) as JSON. */
  config(context: RecipeContext): string;
  /** Returns additional files for the node. */
  files(context: RecipeContext): readonly NodeFile[];
  /** Started in order, each once the previous one is ready, before anything else runs on the nodes. Default: none. */
  readonly daemons?: readonly Daemon[];
  /** Files that the daemons write on every node for the CNI plugin. Default: none. */
  readonly nodeFiles?: readonly string[];
  /** Returns commands that connect a node to the pods of its peers, in order. Default: static routes. */
  connect?(self: NodeFacts, peers: readonly NodeFacts[], underlayMtu: number): readonly NodeCommand[];
}

/** The cluster facts available to a Kubernetes recipe. */
export interface KubernetesContext {
  /** Range of all pods: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  readonly nodes: number;
  /** Load image, with a shell and network tools; present on every node. */
  readonly loadImage: string;
  /** Address of the API server that works without services, for plugins that replace kube-proxy. */
  readonly apiServer: { readonly host: string; readonly port: number };
  /** Whether images are pulled by digest. User-provided archives and mirrors only have tags. */
  readonly byDigest: boolean;
  /** Bytes. */
  readonly underlayMtu: number;
}

/** YAML or JSON documents, a Helm chart, or changes to the published manifest of the recipe. */
export type Installation =
  { readonly manifests: string } | { readonly chart: HelmChart } | { readonly changes: ManifestChanges };

/** How a plugin is installed on Kubernetes, following the documentation of its project. */
export interface KubernetesRecipe {
  /** Version of the plugin: `v0.28.9`. */
  readonly version: string;
  /** All images of the installation, pinned by digest if it is known. */
  readonly images: readonly string[];
  /** Downloaded before any cluster is created. */
  readonly manifest?: PublishedManifest;
  /** null: included in the cluster kind. */
  readonly install: ((context: KubernetesContext) => Installation) | null;
  /** Default: iptables. */
  readonly kubeProxyMode?: KubeProxyMode;
  /** Specification version of the configuration that it installs on the nodes. */
  readonly specVersion: SpecVersion;
  /** Tools required on this machine in addition to kubectl. */
  readonly tools?: readonly "helm"[];
  /** Reference CNI plugins that it runs on the node; cnibench installs them there. */
  readonly nodeBinaries: readonly string[];
  /** The plugin is ready once these workloads and all nodes are. */
  readonly workloads: readonly Workload[];
  /** Files that exist on every node once the plugin is ready. */
  readonly nodeFiles: readonly string[];
  /**
   * Commands that remove leftovers (links, routes) from a node after its objects and `nodeFiles` were removed. Default:
   * unknown.
   */
  readonly cleanupCommands?: readonly NodeCommand[];
  /** Leftovers that remain on the nodes even after `cleanupCommands`, in words. Default: none if it is defined. */
  readonly leftovers?: string;
  /** Whether the plugin claims to enforce NetworkPolicy. */
  readonly enforcesPolicy: boolean;
  /** Returns the recipe for another version. Default: no other version is supported. */
  readonly forVersion?: (version: string) => KubernetesRecipe;
}

export interface Plugin {
  readonly name: string;
  readonly summary: string;
  /** How packets travel between nodes, e.g. `VXLAN` or `none (static routes)`. */
  readonly encapsulation: string;
  /** Undefined if the plugin cannot be deployed without Kubernetes. */
  readonly bare?: BareRecipe;
  /** Undefined if the plugin cannot be deployed on Kubernetes. */
  readonly kubernetes?: KubernetesRecipe;
  /**
   * Changes to CNI_ARGS, which name the pod of a container as container runtimes of Kubernetes do; an empty value omits
   * a key: `[["K8S_*", ""]]`. Default: none.
   */
  readonly cniArgs?: CniArgs;
  /** Directory of `--plugins NAME@DIR`, whose binaries take precedence over all others. */
  readonly binDir?: string;
}

/** A plugin that can be deployed without Kubernetes. */
export type BarePlugin = Plugin & { readonly bare: BareRecipe };

/** Name of the baseline: traffic from node to node without a plugin. */
export const BASELINE = "host";
