/** The contract of cluster kinds. Each kind has its own directory and is registered in index.ts. */
import type { Problem } from "../core/errors.ts";
import type { Family } from "../core/model.ts";
import type { Host } from "../core/host.ts";
import type { FetchOptions } from "../tools/index.ts";
import type { BareCluster, ClusterSpec, KubernetesCluster } from "./cluster.ts";
import type { ExistingClusters } from "./existing.ts";
import type { KindOptions } from "./option-spec.ts";

/** Parameters of {@link ClusterKind.setup}. */
export interface SetupOptions extends FetchOptions {
  /** Values of the options of the kind. */
  readonly flags?: object;
}

interface KindBase {
  readonly name: string;
  readonly summary: string;
  /** Whether `--cluster auto` may choose it. Of several kinds, it prefers the one with the least `deploySeconds`. */
  readonly auto?: boolean;
  /** Maximum number of nodes. */
  readonly maxNodes: number;
  /** Tools that this host must have. */
  readonly tools: readonly string[];
  /** Whether the nodes provide the tools of runners and plugins, so that this host only needs `tools`. */
  readonly nodesHaveTools?: boolean;
  /** Whether pods contain the tools of runners and plugins, so that this host only needs `tools`. */
  readonly podsHaveTools?: boolean;
  /** Families of the pods. Default: all. */
  readonly families?: readonly Family[];
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
  check(host: Host, spec?: ClusterSpec): Promise<readonly Problem[]>;
  /** Whether several clusters can be used at the same time: they share no state and need little memory. Default: no. */
  readonly coexist?: boolean;
  /** Returns how many clusters this host can run at the same time, which an option overrides. Omitted: one. */
  maxClustersAtOnce?(spec: ClusterSpec): number;
  /** Whether the nodes run under software emulation. Call it only if `check` reports no problem. Omitted: never. */
  isEmulated?(host: Host, spec: ClusterSpec): Promise<boolean>;
  /** Describes the expected performance on this host in a sentence. Call it only if `check` reports no problem. */
  describePerformance?(host: Host): Promise<string>;
  /** Builds everything that is built once and cached. @returns a sentence about the result. @throws EnvironmentError */
  setup?(host: Host, options: SetupOptions): Promise<string>;
  /**
   * Removes leftovers of killed runs.
   * @param flags values of the options of the kind for `cnibench clean`
   * @returns one message for each leftover that was removed or skipped, with the reason for a skip
   */
  clean?(host: Host, flags: object): Promise<readonly string[]>;
}

/** A kind whose pods cnibench creates with its own CNI runtime. */
export interface BareKind extends KindBase {
  readonly api: "bare";
  /** Creates a cluster. @throws EnvironmentError on failure, after removing everything that was created. */
  create(host: Host, spec: ClusterSpec): Promise<BareCluster>;
}

/** A kind whose pods are created through the Kubernetes API. */
export interface KubernetesKind extends KindBase {
  readonly api: "kubernetes";
  /** Creates a cluster. @throws EnvironmentError on failure, after removing everything that was created. */
  create(host: Host, spec: ClusterSpec): Promise<KubernetesCluster>;
}

/** A kind of cluster that `--cluster` can select. */
export type ClusterKind = BareKind | KubernetesKind;
