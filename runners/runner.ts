/** Contract of a runner: how one thing is measured. One file (or folder) per runner, registered in index.ts. */
import type { CheckResult, Endpoint, MetricName, Path, Warning } from "../core/model.ts";
import type { ParamSpec } from "../core/params.ts";
import type { Output } from "../core/shell.ts";
import type { PairTable } from "../results/record.ts";
import type { CpuUsage } from "./cpu.ts";
import type { NodeDaemons } from "./daemons.ts";
import type { BareDeployment, ClusterDeployment } from "./deployment.ts";

/** What every run gets. */
export interface RunContext {
  /** Whole seconds of load, after what is omitted. */
  readonly duration: number;
  readonly params: Readonly<Record<string, number | string>>;
  readonly signal: AbortSignal;
  /** Keeps the raw output of a tool beside the number; role is `client`, `server`, `warm-up` ...; command: where argv is not all of it. */
  readonly keep: (role: string, output: Output, command?: string) => void;
}

/** Two ends that are up and have been seen to reach each other. */
export interface PairContext extends RunContext {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** What the machine did with nothing running, just before; null: not collected. */
  readonly idle: CpuUsage | null;
  /** Those of the plugin, on the nodes of the two ends; empty: there are none, or nobody can see them. */
  readonly daemons: readonly NodeDaemons[];
  /** What the link between their nodes carries, bit/s; null: it is not limited, or not on the path. */
  readonly linkRate: number | null;
}

/** A plugin deployed on the nodes of a bare cluster. */
export interface DeploymentContext extends RunContext {
  readonly deployment: BareDeployment;
}

/** The values of one repetition. A metric that is missing was not collected: never 0. */
export interface Measurement {
  readonly values: Partial<Record<MetricName, number>>;
  readonly warnings: readonly Warning[];
  /** Of a runner that measures many pairs of nodes at once: each of them. */
  readonly pairs?: PairTable;
}

interface RunnerBase {
  readonly name: string;
  readonly summary: string;
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Programs that the nodes must have. */
  readonly tools: readonly string[];
  /** About how long one repetition takes, seconds: for the time left. */
  estimate(duration: number, params: Readonly<Record<string, number | string>>): number;
}

/** Measures between two endpoints, also between two nodes (path `host`: the baseline). */
export interface PairRunner extends RunnerBase {
  readonly scope: "pair";
  readonly paths: readonly Path[];
  readonly metrics: readonly MetricName[];
  run(context: PairContext): Promise<Measurement>;
}

/** Measures what a plugin does when pods come and go. */
export interface LifecycleRunner extends RunnerBase {
  readonly scope: "lifecycle";
  readonly metrics: readonly MetricName[];
  /** Metrics that exist from this spec version on. */
  readonly sinceSpecVersion: Readonly<Partial<Record<MetricName, string>>>;
  /** Pods that it has on the node at a time. */
  readonly maxPods: (params: RunContext["params"]) => number;
  run(context: DeploymentContext): Promise<Measurement>;
}

/** A plugin deployed on a cluster with Kubernetes. */
export interface ClusterContext extends RunContext {
  readonly deployment: ClusterDeployment;
}

/** Measures what a plugin does on a whole cluster with Kubernetes. */
export interface ClusterRunner extends RunnerBase {
  readonly scope: "cluster";
  /** Of its cells. */
  readonly path: Path;
  readonly metrics: readonly MetricName[];
  /** Why a metric cannot be had with these parameters; left out: all can. */
  unavailableReason?(metric: MetricName, params: RunContext["params"]): string | undefined;
  run(context: ClusterContext): Promise<Measurement>;
}

/** Gives verdicts about a plugin on one node, no numbers. */
export interface NodeCheckRunner extends RunnerBase {
  readonly scope: "checks";
  readonly target: "node";
  run(context: DeploymentContext): Promise<readonly CheckResult[]>;
}

/** Gives verdicts about a whole cluster with Kubernetes, no numbers. */
export interface ClusterCheckRunner extends RunnerBase {
  readonly scope: "checks";
  readonly target: "cluster";
  run(context: ClusterContext): Promise<readonly CheckResult[]>;
}

export type CheckRunner = NodeCheckRunner | ClusterCheckRunner;

export type Runner = PairRunner | LifecycleRunner | ClusterRunner | CheckRunner;
