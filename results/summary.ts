/** Defines the JSON summary, which `cnibench report DIR --format json` prints and all other reports render. */
import type { Better } from "../core/metric.ts";
import type { Path } from "../core/model.ts";
import type { Warning } from "../core/warning-codes.ts";
import type { ConformanceRow } from "./clause-result.ts";
import type { PairVerdict } from "./inference/verdict.ts";
import type { RunFile } from "./record.ts";

/** Version of this format. Version 1 had other comparisons (docs/data-format.md). */
export const SUMMARY_VERSION = 2;

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

/** Comparison of two plugins for a question: a metric of a scenario on a path. */
export interface Comparison {
  readonly suite: string;
  readonly scenario: string;
  readonly path: Path;
  readonly metric: string;
  readonly a: string;
  readonly b: string;
  /** `headline`: named by the suite before the run. `exploratory`: all other questions. */
  readonly family: "headline" | "exploratory";
  /** PairVerdict of a compared with b. */
  readonly verdict: PairVerdict;
  /** Why the numbers decide nothing, if that is not for want of evidence: `busy machine`. */
  readonly reason?: string;
  /** Whether the numbers below are ratios a/b or, if a value is 0 or less, differences a - b in the unit. */
  readonly scale: "ratio" | "difference";
  /** Hodges-Lehmann estimate over the paired blocks. */
  readonly estimate: number;
  /** Confidence intervals of this one pair, or null if there are too few blocks. */
  readonly ci95: readonly [number, number] | null;
  readonly ci90: readonly [number, number] | null;
  /** Blocks that have both plugins. */
  readonly n: number;
  /** p-value of the two-sided signed-rank test of this pair. */
  readonly p: number;
  /** p-value that accounts for all pairs of the question. Above 0.05 it is a lower bound. */
  readonly pAdjusted: number;
  /** The pair differs if `pAdjusted` is at most this level. */
  readonly level: number;
  /** Smallest true ratio (above 1) or difference that such a run detects with a probability of 80 %; null: none. */
  readonly detectable: number | null;
  /** Blocks that detect the smallest difference that does not count as equal; null: unknown or more than 1,000. */
  readonly blocksNeeded: number | null;
}

/** The limits of false verdicts in a report. */
export interface ErrorControl {
  readonly headlines: {
    /** Headline questions of the run, measured or not. */
    readonly planned: number;
    /** Those with at least one comparison. */
    readonly compared: number;
    /** Chance of any false difference among them. */
    readonly errorRate: number;
  };
  readonly exploratory: {
    readonly questions: number;
    /** Questions in which the plugins do not seem to be all equal. */
    readonly selected: number;
    /** Questions with at least one difference. */
    readonly different: number;
    /** Expected share of the selected questions that have a false difference, at most. */
    readonly falseDiscoveryRate: number;
  };
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
  readonly errorControl: ErrorControl;
  readonly warnings: readonly Warning[];
}
