/** The contract of a format of comparisons of stored runs: a pure function to text. */
import type { RunComparison } from "../../results/index.ts";

/** Regressions that fail a build: those confirmed by a second measurement, or also those measured only once. */
export const FAIL_ON = ["regression", "suspect"] as const;
export type FailOn = (typeof FAIL_ON)[number];

export interface ComparisonOptions {
  /** `--all`: the text also lists the cells without a change and those that were not compared. */
  readonly all: boolean;
  /** `--fail-on`: the severity of annotations and test cases follows the exit code. */
  readonly failOn: readonly FailOn[];
  /** Set for the gate of `run --confirm`, which has measured the suspects again. */
  readonly gate?: {
    /** How to list the cells that the text omits: `see comparison.html`. */
    readonly allCells: string;
    /** That of the second measurement. */
    readonly design: RunComparison["design"];
  };
}

export type ComparisonFormat = (comparison: RunComparison, options: ComparisonOptions) => string;
