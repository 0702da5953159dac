/** Contract of a cluster: where nodes come from. One file (or folder) per kind, registered in index.ts. */
import type { Node, Problem, Sandbox } from "../core/model.ts";

export interface ClusterSpec {
  readonly nodes: number;
  /** MTU of the network between the nodes, bytes. */
  readonly underlayMtu: number;
  /** Shaping of what each node receives from the others: bit/s, and seconds of one-way delay. Left out: none. */
  readonly underlayRate?: number;
  readonly underlayDelay?: number;
}

/** A file that a node gets: given text, or a copy of a file of the machine that cnibench runs on. */
export interface NodeFile {
  readonly path: string;
  /** Octal, 0o755 for a program. */
  readonly mode: number;
  readonly source: { readonly text: string } | { readonly file: string };
}

export interface ClusterFacts {
  /** `user namespace` or `root namespaces`. */
  readonly isolation: string;
  readonly underlayMtu: number;
  /** bit/s; null: not limited. */
  readonly underlayRate: number | null;
  /** Seconds, one way; null: none added. */
  readonly underlayDelay: number | null;
  readonly sameHost: boolean;
  readonly emulated: boolean;
}

/** A cluster whose pods cnibench makes itself, with its own CNI runtime. */
export interface BareCluster extends AsyncDisposable {
  readonly kind: string;
  readonly facts: ClusterFacts;
  readonly nodes: readonly Node[];
  /** The range that all pod ranges of the nodes lie in. */
  readonly podCidr: string;
  readonly podCidr6: string;
  putFiles(node: Node, files: readonly NodeFile[]): Promise<void>;
  /** Command that enters a node from a terminal of this machine; what follows it runs there. */
  enter(node: Node): readonly string[];
  createSandbox(node: Node, name: string): Promise<Sandbox>;
}

export interface ClusterKind {
  readonly name: string;
  readonly summary: string;
  /** Largest number of nodes. */
  readonly maxNodes: number;
  /** Programs that the machine must have for it. */
  readonly tools: readonly string[];
  /** Everything that stands in the way, before anything is made. */
  check(): Promise<readonly Problem[]>;
  /** @throws EnvironmentError when the system refuses. Everything made is gone then. */
  create(spec: ClusterSpec, signal: AbortSignal): Promise<BareCluster>;
}
