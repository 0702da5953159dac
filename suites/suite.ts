/** A suite: what is measured, as data. Read from `suites/*.yaml` or a user's own file (docs/suites.md). */
import type { Path } from "../core/model.ts";

/** What a parameter of a runner may be; the suite loader validates against it, `cnibench list runners` prints it. */
export type ParamSpec =
  | { readonly type: "integer" | "number"; readonly min: number; readonly max: number; readonly default: number; readonly summary: string }
  | { readonly type: "choice"; readonly values: readonly string[]; readonly default: string; readonly summary: string };

/** What the loader must know of a runner. The registries are handed in, so that suites imports no sibling. */
export interface RunnerFacts {
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Paths that it can measure; empty: it works on the deployment as a whole (life-cycle, conformance). */
  readonly paths: readonly Path[];
}

export interface Scenario {
  readonly name: string;
  readonly runner: string;
  /** Without `host`: the baseline is added to every comparison by the planner. */
  readonly paths: readonly Path[];
  /** Repetitions inside a block, at least 1. */
  readonly repetitions: number;
  /** Complete: defaults are filled in. */
  readonly params: Readonly<Record<string, number | string>>;
}

export interface Suite {
  readonly name: string;
  readonly description: string;
  /** Deployments of each plugin. */
  readonly blocks: number;
  /** Seconds of load per repetition. */
  readonly duration: number;
  readonly scenarios: readonly Scenario[];
}
