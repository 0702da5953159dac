/** Defines the JSON summary, which `cnibench report DIR --format json` prints and all other reports render. */
import type { Better } from "../core/metric.ts";
import type { Path } from "../core/model.ts";
import type { Warning } from "../core/warning-codes.ts";
import type { ConformanceRow } from "./clause-result.ts";
import type { RunFile } from "./record.ts";

/** A median with its confidence interval. */
export interface Interval {
  readonly median: number;
  /** 95 % confidence interval, or null for fewer than six blocks. */
  readonly ci95: readonly [number, number] | null;
}

/** The summary of a cell. */
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
  /** Number of blocks with a value. Blocks are the unit of replication. */
  readonly n: number;
  readonly median: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Coefficient of variation (sample standard deviation / mean), or null for n < 2. */
  readonly cv: number | null;
  /** Median of the repetitions of each block, in block order. */
  readonly values: readonly number[];
  /** Ratio to the `host` value of the same block; null for life-cycle cells and for the baseline itself. */
  readonly baselineRatio: Interval | null;
  readonly warnings: readonly Warning[];
  /** The first error, if state is failed. A failed repetition fails the cell. */
  readonly error?: string;
  /** Present if state is skipped. */
  readonly reason?: string;
}

/** Comparison of two plugins for a question (metric x path of a scenario), with Holm's correction in the question. */
export interface Comparison {
  readonly suite: string;
  readonly scenario: string;
  readonly path: Path;
  readonly metric: string;
  readonly a: string;
  readonly b: string;
  /** Verdict of a compared with b. */
  readonly verdict: "better" | "worse" | "indistinguishable" | "insufficient";
  /** Median of the paired block ratios a/b, with its interval; null if a value is 0 (a count). */
  readonly ratio: Interval | null;
  readonly n: number;
  /** p-value of the two-sided, exact Wilcoxon signed-rank test on the paired blocks. */
  readonly p: number;
  /** p-value after Holm's correction over the pairs of this question. */
  readonly pHolm: number;
  /** For `insufficient`: number of blocks with which a difference could be detected. */
  readonly blocksNeeded: number | null;
}

/** The summary of a run. */
export interface Summary {
  readonly schemaVersion: number;
  readonly run: Omit<RunFile, "definition" | "plan" | "warnings"> & {
    readonly plan: Omit<RunFile["plan"], "cells" | "checks">;
  };
  readonly cells: readonly SummaryCell[];
  readonly conformance: readonly ConformanceRow[];
  readonly comparisons: readonly Comparison[];
  readonly warnings: readonly Warning[];
}
