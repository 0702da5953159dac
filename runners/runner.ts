/** The contract of a runner, which measures one thing. One file (or directory) per runner, registered in index.ts. */
import type { SpecVersion } from "../cni/index.ts";
import type { MetricName } from "../core/metrics.ts";
import type { CpuAccounting, Endpoint, Path } from "../core/model.ts";
import type { AwakeMeans } from "../core/keep-awake.ts";
import type { Warning } from "../core/warning-codes.ts";
import type { ParamSpec } from "../core/params.ts";
import type { Output } from "../core/shell.ts";
import type { ClauseResult, PairTable, RepetitionDetails } from "../results/index.ts";
import type { CpuUsage } from "./support/cpu.ts";
import type { NodeDaemons } from "./support/daemons.ts";
import type { StoredOutputs } from "./support/stored-outputs.ts";
import type { NodeDeployment, ClusterDeployment } from "./deployment.ts";

/** The input of every repetition. */
export interface RunContext {
  /** Seconds of load, without the omitted start. An integer. */
  readonly duration: number;
  readonly params: Readonly<Record<string, number | string>>;
  readonly signal: AbortSignal;
  /**
   * Stores the raw output of a tool with the result.
   * @param role `client`, `server`, `warm-up`, ...
   * @param command the full command line, if `output.argv` is not complete
   */
  readonly keep: (role: string, output: Output, command?: string) => void;
}

/** Two running endpoints that can reach each other. */
export interface PairContext extends RunContext {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly cpuAccounting: CpuAccounting;
  /** How the CPUs are kept awake during this load; null: they are not. */
  readonly awake: AwakeMeans | null;
  /** CPU usage of the idle machine, just before; null: not collected, or not part of the accounting. */
  readonly idle: CpuUsage | null;
  /** The plugin's daemons on the nodes of the two endpoints. Empty if there are none or they are not visible. */
  readonly daemons: readonly NodeDaemons[];
  /** Rate of the link between their nodes, bit/s; null: unlimited, or not on the path. */
  readonly linkRate: number | null;
  /** Seconds of load after which TCP rates have settled on the network between the nodes, at least. */
  readonly minWarmUp: number;
}

/** A plugin deployed on the nodes of a bare cluster. */
export interface DeploymentContext extends RunContext {
  readonly deployment: NodeDeployment;
}

/** The results of one repetition. A metric that was not collected is missing, never 0. */
export interface Measurement extends RepetitionDetails {
  readonly values: Partial<Record<MetricName, number>>;
  readonly warnings: readonly Warning[];
  /** Why metrics could not be measured although the load succeeded. Default: none. */
  readonly missing?: Partial<Record<MetricName, string>>;
  /** The values of each pair, from a runner that measures many pairs of nodes in parallel. */
  readonly pairs?: PairTable;
}

/** Values that are recomputed from raw output. */
export type Recomputed = Pick<Measurement, "values" | "pairs" | "series" | "distributions">;

/**
 * Recomputes the values of a repetition from its raw output, with the parsers that its measurement used.
 * @param nodes names of the nodes in the stored table of pairs
 * @throws Error if the output is missing or invalid
 */
export type Recompute = (stored: StoredOutputs, params: RunContext["params"], nodes: readonly string[]) => Recomputed;

interface RunnerBase {
  readonly name: string;
  readonly summary: string;
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Required tools on the nodes. */
  readonly tools: readonly string[];
  /** Estimated duration of one repetition, in seconds, for the remaining time. */
  estimate(duration: number, params: Readonly<Record<string, number | string>>): number;
}

/** Measures between two endpoints. On path `host` they are two nodes: the baseline. */
export interface PairRunner extends RunnerBase {
  readonly scope: "pair";
  readonly paths: readonly Path[];
  /** Whether it measures latency on an idle path, so that the exit of idle states would dominate. Default: false. */
  readonly keepsCpusAwake?: true;
  readonly metrics: readonly MetricName[];
  run(context: PairContext): Promise<Measurement>;
  readonly recompute: Recompute;
}

/** Measures how a plugin creates and deletes pods. */
export interface LifecycleRunner extends RunnerBase {
  readonly scope: "lifecycle";
  readonly metrics: readonly MetricName[];
  /** First spec version of a metric. Default: all versions. */
  readonly sinceSpecVersion: Readonly<Partial<Record<MetricName, SpecVersion>>>;
  /** Maximum number of pods on the node at the same time. */
  readonly maxPods: (params: RunContext["params"]) => number;
  run(context: DeploymentContext): Promise<Measurement>;
  readonly recompute: Recompute;
}

/** A plugin deployed on a Kubernetes cluster. */
export interface ClusterContext extends RunContext {
  readonly deployment: ClusterDeployment;
}

/** Measures a plugin on an entire Kubernetes cluster. */
export interface ClusterRunner extends RunnerBase {
  readonly scope: "cluster";
  /** Path of its cells. */
  readonly path: Path;
  readonly metrics: readonly MetricName[];
  /** Returns why a metric is unavailable with these parameters. Default: all metrics are available. */
  unavailableReason?(metric: MetricName, params: RunContext["params"]): string | undefined;
  run(context: ClusterContext): Promise<Measurement>;
  readonly recompute: Recompute;
}

/** Returns verdicts about a plugin on one node, without numbers. */
export interface NodeCheckRunner extends RunnerBase {
  readonly scope: "checks";
  readonly target: "node";
  run(context: DeploymentContext): Promise<readonly ClauseResult[]>;
}

/** Returns verdicts about an entire Kubernetes cluster, without numbers. */
export interface ClusterCheckRunner extends RunnerBase {
  readonly scope: "checks";
  readonly target: "cluster";
  run(context: ClusterContext): Promise<readonly ClauseResult[]>;
}

export type CheckRunner = NodeCheckRunner | ClusterCheckRunner;

export type Runner = PairRunner | LifecycleRunner | ClusterRunner | CheckRunner;
