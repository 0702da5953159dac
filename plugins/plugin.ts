/** Contract of a plugin: data, and a recipe for each family of clusters. One file per plugin, registered in index.ts. */

/** What a recipe may know of the node and the cluster that it is for. */
export interface RecipeContext {
  /** The range that all pods of the cluster lie in: `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /** The node's own pod range, a /24: `10.244.1.0/24`. */
  readonly nodeCidr: string;
  /** Bytes. */
  readonly underlayMtu: number;
}

export interface RecipeFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** How a plugin is put on nodes whose pods cnibench makes itself (netns, vm). */
export interface BareRecipe {
  /** CNI plugin programs that go to /opt/cni/bin of every node. */
  readonly binaries: readonly string[];
  /** Programs of `binaries` that cnibench ships: name -> path inside the package. A `--bin-dir` still wins. */
  readonly shipped?: Readonly<Record<string, string>>;
  /** Programs that the plugin calls on the node. */
  readonly tools: readonly string[];
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
}

/** Name of the baseline in every comparison: node to node, no plugin. */
export const BASELINE = "host";
