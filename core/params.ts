/** Describes runner parameters as data. The suite loader validates them, `cnibench list runners` prints them. */
import type { MetricName } from "./metrics.ts";
import type { Path } from "./model.ts";

/** Type, range and default of one runner parameter. */
export type ParamSpec =
  | {
      readonly type: "integer" | "number";
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly summary: string;
    }
  | { readonly type: "choice"; readonly values: readonly string[]; readonly default: string; readonly summary: string };

/** Facts about a runner that the suite loader needs. The caller passes them in, so `suites/` imports no sibling. */
export interface RunnerFacts {
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Paths that the runner can measure. Empty: it works on the entire deployment (life cycle, conformance). */
  readonly paths: readonly Path[];
  /** The metrics that it measures, and the paths of their cells if a scenario has none. Empty for checks. */
  readonly metrics: readonly MetricName[];
  readonly ownPaths: readonly Path[];
  /** Pods on one node at the same time, in addition to those of every measurement. Default: none. */
  readonly podsPerNode?: (params: Readonly<Record<string, number | string>>) => number;
}
