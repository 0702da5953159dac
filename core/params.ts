/** Parameters of runners, described as data: validated by the suite loader, printed by `cnibench list runners`. */
import type { Path } from "./model.ts";

/** What a parameter of a runner may be. */
export type ParamSpec =
  | {
      readonly type: "integer" | "number";
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly summary: string;
    }
  | { readonly type: "choice"; readonly values: readonly string[]; readonly default: string; readonly summary: string };

/** What the loader must know of a runner. The registries are handed in, so that suites imports no sibling. */
export interface RunnerFacts {
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Paths that it can measure; empty: it works on the deployment as a whole (life-cycle, conformance). */
  readonly paths: readonly Path[];
  /** Pods that it has on one node at a time, beside those that every measurement keeps; left out: none. */
  readonly podsPerNode?: (params: Readonly<Record<string, number | string>>) => number;
}
