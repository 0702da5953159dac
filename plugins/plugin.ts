/** Contract of a plugin: data, and a recipe for each family of clusters. One file per plugin, registered in index.ts. */

import type { Family } from "../core/family.ts";
import type { HelmChart, ManifestChanges, PublishedManifest } from "../core/installation.ts";

/** What a recipe may know of the node and the cluster that it is for. */
export interface RecipeContext {
  /** Addresses that pods shall have. */
  readonly family: Family;
  /** The range that all pods of the cluster lie in: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /** The node's own pod range: `10.244.1.0/24`. */
  readonly nodeCidr: string;
  /** The same for IPv6: `fd00:10:244::/48`, and the node's own /64 in it. */
  readonly clusterCidr6: string;
  readonly nodeCidr6: string;
  /** Bytes. */
  readonly underlayMtu: number;
  /** The node's interface that the pod is joined to: `eth0`, or one that is for this pod alone (`spareLinks`). */
  readonly device: string;
}

export interface RecipeFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** Link types that not every kernel has. Every cluster has veth and bridge: its nodes are joined by them. */
export type LinkType = "macvlan" | "ipvlan" | "vlan" | "vxlan" | "ipip" | "wireguard";

/** What the nodes must know of each other. */
export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
}

/** A command on a node. */
export interface NodeCommand {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** What a daemon may know of its node, and of the first one, which has what there is once for all. */
export interface DaemonContext {
  readonly self: NodeFacts;
  readonly firstNode: NodeFacts;
  /** The range that all pods of the cluster lie in. */
  readonly clusterCidr: string;
}

/** A process that works beside the pods as long as the plugin is deployed. */
export interface Daemon {
  /** In messages, and of the file with what it said. */
  readonly name: string;
  /** `first node`: one for the whole cluster. */
  readonly on: "every node" | "first node";
  argv(context: DaemonContext): readonly string[];
  /** Variables beside those of every command; left out: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Command that succeeds on its node as soon as it does its work: for a file `test -s FILE`. */
  readinessCommand(context: DaemonContext): readonly string[];
}

/** How a plugin is put on nodes whose pods cnibench makes itself (netns, vm). */
export interface BareRecipe {
  /** CNI plugin programs that go to /opt/cni/bin of every node, the plugin's own first. */
  readonly binaries: readonly string[];
  /** Programs of its daemons that go there too, from `--bin-dir` or the search path; left out: none. */
  readonly daemonBinaries?: readonly string[];
  /** Those of both that no distribution packages: name -> where to get it. */
  readonly downloadUrls?: Readonly<Record<string, string>>;
  /** Programs of `binaries` that cnibench ships: name -> path inside the package. A `--bin-dir` still wins. */
  readonly shippedBinaries?: Readonly<Record<string, string>>;
  /** Programs that the plugin calls on the node. */
  readonly tools: readonly string[];
  /** Link types that its pods are made of, and that the kernel may lack. */
  readonly linkTypes: readonly LinkType[];
  /** Interfaces that each node needs beside its eth0, where each pod takes one; left out: none. */
  readonly spareLinks?: number;
  /** What its pods can be given. */
  readonly families: readonly Family[];
  /** Prefix length of the largest range that it can give a node's pods; left out: any. */
  readonly minPodRangePrefix?: number;
  /** The most pods that a node can have, and what sets that limit; left out: as many as there are addresses. */
  readonly podLimit?: { readonly pods: number; readonly reason: string };
  /** Spec version of its configuration. */
  readonly specVersion: string;
  /** The network configuration (single or list), as JSON text. */
  config(context: RecipeContext): string;
  files(context: RecipeContext): readonly RecipeFile[];
  /** Each is started when those before it are ready, before anything else is done on the nodes; left out: none. */
  readonly daemons?: readonly Daemon[];
  /** Files that its daemons leave on every node for the CNI plugin; left out: none. */
  readonly nodeFiles?: readonly string[];
  /** Commands that make a node reach the pods of the others, in their order; left out: static routes. */
  connect?(self: NodeFacts, peers: readonly NodeFacts[], underlayMtu: number): readonly NodeCommand[];
}

/** What a recipe for Kubernetes may know of the cluster that it is for. */
export interface KubernetesContext {
  /** The range that pods get their addresses from: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  readonly nodes: number;
  /** Image with a shell and the network tools, which is on every node. */
  readonly loadImage: string;
  /** Where the API server is reached without a service: for plugins that take the place of kube-proxy. */
  readonly apiServer: { readonly host: string; readonly port: number };
  /** Whether images are pulled by digest; an archive or a mirror of the user's has them by tag. */
  readonly byDigest: boolean;
  /** Bytes. */
  readonly underlayMtu: number;
}

/** Objects for the API, as YAML or JSON documents; a chart; or the published manifest of the recipe with changes. */
export type Installation =
  { readonly manifests: string } | { readonly chart: HelmChart } | { readonly changes: ManifestChanges };

/** What must have been rolled out on every node (a daemonset) or altogether (a deployment). */
export interface Workload {
  readonly kind: "daemonset" | "deployment";
  readonly namespace: string;
  readonly name: string;
}

/** How a plugin is put on a cluster with Kubernetes, as its project documents it. */
export interface KubernetesRecipe {
  /** Of the plugin: `v0.28.9`. */
  readonly version: string;
  /** Every image that it pulls, pinned by digest where it is known. */
  readonly images: readonly string[];
  /** Fetched before anything is made. */
  readonly manifest?: PublishedManifest;
  /** null: the kind of cluster brings it along. */
  readonly install: ((context: KubernetesContext) => Installation) | null;
  /** Left out: iptables. */
  readonly kubeProxyMode?: "iptables" | "ipvs" | "nftables" | "none";
  /** Spec version of the configuration that it leaves on the nodes. */
  readonly specVersion: string;
  /** Programs of this machine that install it, beside kubectl. */
  readonly tools?: readonly "helm"[];
  /** Reference CNI plugins that it calls on the node: they are put there. */
  readonly nodeBinaries: readonly string[];
  /** The plugin is ready when these are, and all nodes. */
  readonly workloads: readonly Workload[];
  /** Files that are on every node then. */
  readonly nodeFiles: readonly string[];
  /** Commands that take off a node what is left there without its objects and `nodeFiles`: links, routes; left out: that is not known. */
  readonly cleanupCommands?: readonly NodeCommand[];
  /** What stays on the nodes even so, in words; left out: nothing, if there is an `undo`. */
  readonly leftovers?: string;
  /** Whether it claims to enforce NetworkPolicy. */
  readonly enforcesPolicy: boolean;
  /** The recipe of another version of it; left out: there is no other. */
  readonly forVersion?: (version: string) => KubernetesRecipe;
}

export interface Plugin {
  readonly name: string;
  readonly summary: string;
  /** How packets travel between nodes: `none (static routes)`. */
  readonly encapsulation: string;
  /** Left out: it cannot be deployed where cnibench makes the pods. */
  readonly bare?: BareRecipe;
  /** Left out: it cannot be deployed on Kubernetes. */
  readonly kubernetes?: KubernetesRecipe;
  /** Folder whose programs win over all others: that of `--plugins NAME@DIR`. */
  readonly binDir?: string;
}

/** A plugin that can be deployed where cnibench makes the pods. */
export type BarePlugin = Plugin & { readonly bare: BareRecipe };

/** Name of the baseline in every comparison: node to node, no plugin. */
export const BASELINE = "host";
