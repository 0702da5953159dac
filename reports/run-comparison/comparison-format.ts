/** The contract of a format of comparisons of stored runs: a pure function to text. */
import type { RunComparison } from "../../results/index.ts";
import type { Language } from "../language/text.ts";

/** Regressions that fail a build: those confirmed by a second measurement, or also those measured only once. */
export const FAIL_ON = ["regression", "suspect"] as const;
export type FailOn = (typeof FAIL_ON)[number];

export interface ComparisonOptions {
  /** `--all`: the text also lists the cells without a change and those that were not compared. */
  readonly all: boolean;
  /** `--fail-on`: the severity of annotations and test cases follows the exit code. */
  readonly failOn: readonly FailOn[];
  /** `--lang`: the language in which a page opens; other formats are always in English. Default: en. */
  readonly language?: Language;
  /** Set for the gate of `run --confirm`, which has measured the suspects again. */
  readonly gate?: {
    /** How to list the cells that the text omits: `see comparison.html`. */
    readonly allCells: string;
    /** That of the second measurement. */
    readonly design: RunComparison["design"];
  };
}

export type ComparisonFormat = (comparison: RunComparison, options: ComparisonOptions) => string;
