/** What the program knows about a metric. The metrics are in metrics.ts. */

export type Better = "higher" | "lower" | "none";

/**
 * A place that shows only some metrics:
 *
 * - `report`: the rankings in the summary of a report; the sections of the scenarios rank all metrics
 * - `terminal`: the table at the end of a run
 * - `progress`: the line of each repetition, which shows the first such metric below
 * - `percentile chart`: the chart of a report that compares the 50th, 90th and 99th percentile of one quantity, which
 *   are below in this order
 * - `lifecycle chart`: the chart of a report with the times of the operations on a pod
 * - `cpu chart`: the chart of a report with the parts of the CPU time of a load
 * - `rate chart`, `size chart`, `pods chart`: the charts of a report over the offered rate, the size of messages and
 *   the number of existing pods
 */
export type Place =
  | "report"
  | "terminal"
  | "progress"
  | "percentile chart"
  | "lifecycle chart"
  | "cpu chart"
  | "rate chart"
  | "size chart"
  | "pods chart";

/** The smallest and the largest physically possible value; any other value is a fault of the tool that measured it. */
export type ValueRange = readonly [min: number, max: number];

/** The units, with the ranges of their metrics. Unit `1` is a count or ratio. */
export const UNIT_RANGES = {
  "bit/s": [0, 1e13],
  /** Pods on Kubernetes clusters end after six hours. */
  s: [1e-9, 6 * 3600],
  "1/s": [0, 1e9],
  /** The limit of Linux. */
  cores: [0, 8192],
  "cores per Gbit/s": [0, 1e9],
  B: [0, 1e15],
  "1": [0, 1e12],
} as const satisfies Record<string, ValueRange>;

/** TCP gives up after 924 s. 32-bit counters of microseconds overflow at 2147 s. */
export const MAX_ROUND_TRIP_S = 1000;

/** A fact about how a cluster is measured, in `environment.cluster` of a run. */
export type MeasurementFact = "cpuAccounting" | "keepAwake";

export interface Metric {
  readonly unit: keyof typeof UNIT_RANGES;
  /** `none`: shown but never ranked. */
  readonly better: Better;
  /** Default: the range of the unit. */
  readonly range?: ValueRange;
  /** For values that can be 0: the largest difference, in the unit, that counts as equal. */
  readonly equalWithin?: number;
  /** The smallest change between runs that counts, in the unit. Default: `equalWithin`, or any change. */
  readonly noticeable?: number;
  /** A property of the pods' network: runs in which it differs are not comparable. */
  readonly definesNetwork?: true;
  /** Determines the values: runs in which it differs are not comparable in this metric. */
  readonly dependsOn?: MeasurementFact;
  /** Display name. */
  readonly label: string;
  /** Definition, in Markdown, for docs/data-format.md. */
  readonly meaning: string;
  /** The places with only some metrics that show this one. */
  readonly shownIn?: readonly Place[];
  /** The metric of its cost in CPU time; the CPUs limit this metric if all nodes share a machine. */
  readonly cpuCost?: string;
  /** Why it cannot be measured through the IP address of a service. Default: it can. */
  readonly unavailableThroughServiceIp?: string;
  /** For a metric of the plugin's daemons: the metric of the machine that it is reported with. */
  readonly reportedWith?: string;
}

/** Returns a metric in seconds, where less is better. */
export function time(label: string, meaning: string, shownIn: Metric["shownIn"] = []): Metric {
  return { unit: "s", better: "lower", noticeable: 0.0005, label, meaning, shownIn };
}

/** Returns the time of a request and its response. */
export function roundTrip(...metric: Parameters<typeof time>): Metric {
  return { ...time(...metric), noticeable: 1e-6, range: [1e-9, MAX_ROUND_TRIP_S] };
}

/** Returns the time of a request and its response between idle CPUs, which may sleep between two packets. */
export function idleRoundTrip(...metric: Parameters<typeof time>): Metric {
  return { ...roundTrip(...metric), dependsOn: "keepAwake" };
}
