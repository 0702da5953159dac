/** The JSON summary: what `cnibench report DIR --format json` prints and every other report is rendered from. */
import type { Better, CheckResult, Path, Warning } from "../core/model.ts";
import type { RunFile } from "./record.ts";

export interface Interval {
  readonly median: number;
  /** 95 % interval, or null where there are fewer than six blocks. */
  readonly ci95: readonly [number, number] | null;
}

export interface SummaryCell {
  readonly id: string;
  readonly plugin: string;
  readonly cluster: string;
  readonly suite: string;
  readonly scenario: string;
  readonly runner: string;
  readonly path: Path;
  readonly metric: string;
  readonly unit: string;
  readonly better: Better;
  readonly state: "measured" | "failed" | "skipped";
  /** Number of blocks with a value: the unit of replication. */
  readonly n: number;
  readonly median: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Coefficient of variation (sample standard deviation / mean), or null for n < 2. */
  readonly cv: number | null;
  /** One per block, in block order: the median of that block's repetitions. */
  readonly values: readonly number[];
  /** Value divided by the `host` value of the same block; null for life-cycle cells and the baseline itself. */
  readonly baselineRatio: Interval | null;
  readonly warnings: readonly Warning[];
  /** Present when state is failed: the first error. A failed repetition fails the cell. */
  readonly error?: string;
  /** Present when state is skipped. */
  readonly reason?: string;
}

export interface SummaryCheck extends CheckResult {
  readonly plugin: string;
}

/** One question of a report (metric x path of a scenario): who is better, with Holm's correction inside the question. */
export interface Comparison {
  readonly suite: string;
  readonly scenario: string;
  readonly path: Path;
  readonly metric: string;
  readonly a: string;
  readonly b: string;
  /** Of a against b. */
  readonly verdict: "better" | "worse" | "indistinguishable" | "insufficient";
  /** Median of the paired block ratios a/b, with its interval; null where a value is 0 (a count), which has no ratio. */
  readonly ratio: Interval | null;
  readonly n: number;
  /** Two-sided, exact Wilcoxon signed-rank test on the paired blocks. */
  readonly p: number;
  /** Holm's correction over the pairs of this question. */
  readonly pHolm: number;
  /** For `insufficient`: number of blocks with which a difference could be shown. */
  readonly blocksNeeded: number | null;
}

export interface Summary {
  readonly schemaVersion: number;
  readonly run: Omit<RunFile, "definition" | "plan" | "warnings"> & {
    readonly plan: Omit<RunFile["plan"], "cells" | "checks">;
  };
  readonly cells: readonly SummaryCell[];
  readonly conformance: readonly SummaryCheck[];
  readonly comparisons: readonly Comparison[];
  readonly warnings: readonly Warning[];
}
