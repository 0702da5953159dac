/** Contract of a plugin: data, and a recipe for each family of clusters. One file per plugin, registered in index.ts. */

import type { Family } from "../core/family.ts";

/** What a recipe may know of the node and the cluster that it is for. */
export interface RecipeContext {
  /** Addresses that pods shall have. */
  readonly family: Family;
  /** The range that all pods of the cluster lie in: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /** The node's own pod range, a /24: `10.244.1.0/24`. */
  readonly nodeCidr: string;
  /** The same for IPv6: `fd00:10:244::/48`, and the node's own /64 in it. */
  readonly clusterCidr6: string;
  readonly nodeCidr6: string;
  /** Bytes. */
  readonly underlayMtu: number;
}

export interface RecipeFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** Link types that not every kernel has. Every cluster has veth and bridge: its nodes are joined by them. */
export type LinkType = "macvlan" | "ipvlan";

/** How a plugin is put on nodes whose pods cnibench makes itself (netns, vm). */
export interface BareRecipe {
  /** CNI plugin programs that go to /opt/cni/bin of every node. */
  readonly binaries: readonly string[];
  /** Programs of `binaries` that cnibench ships: name -> path inside the package. A `--bin-dir` still wins. */
  readonly shipped?: Readonly<Record<string, string>>;
  /** Programs that the plugin calls on the node. */
  readonly tools: readonly string[];
  /** Link types that its pods are made of, and that the kernel may lack. */
  readonly links: readonly LinkType[];
  /** What its pods can be given. */
  readonly families: readonly Family[];
  /** Spec version of its configuration. */
  readonly specVersion: string;
  /** The network configuration (single or list), as JSON text. */
  config(context: RecipeContext): string;
  files(context: RecipeContext): readonly RecipeFile[];
}

export interface Plugin {
  readonly name: string;
  readonly summary: string;
  /** How packets travel between nodes: `none (static routes)`. */
  readonly encapsulation: string;
  readonly bare: BareRecipe;
  /** Folder whose programs win over all others: that of `--plugins NAME@DIR`. */
  readonly binDir?: string;
}

/** Name of the baseline in every comparison: node to node, no plugin. */
export const BASELINE = "host";
