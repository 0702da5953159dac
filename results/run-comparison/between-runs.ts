/** Estimates how much runs differ from each other: see docs/method.md, "Two runs". */
import { mean, sampleVariance } from "simple-statistics";
import type { RunEstimate } from "./run-estimate.ts";

/** Observed variance of the estimates of runs of one plugin on one machine. */
export interface RunVariance {
  /** Of the estimates: between runs, and the share that blocks cause. */
  readonly total: number;
  /** The share that blocks cause. */
  readonly within: number;
  /** Above 0. */
  readonly degreesOfFreedom: number;
  readonly source: "runs" | "noise card" | "both";
}

/** Returns the variance between the runs of both sides; null if each side has a single run. */
export function varianceOfRuns(base: readonly RunEstimate[], head: readonly RunEstimate[]): RunVariance | null {
  return poolVariances(varianceOfSide(base), varianceOfSide(head));
}

function varianceOfSide(runs: readonly RunEstimate[]): RunVariance | null {
  if (runs.length < 2) return null;
  return {
    total: sampleVariance(runs.map(({ value }) => value)),
    within: mean(runs.map(({ within }) => within ?? 0)),
    degreesOfFreedom: runs.length - 1,
    source: "runs",
  };
}

/** Pools two estimates by their degrees of freedom. The order of the two does not even change the rounding. */
export function poolVariances(a: RunVariance | null, b: RunVariance | null): RunVariance | null {
  if (a === null || b === null) return a ?? b;
  const degreesOfFreedom = a.degreesOfFreedom + b.degreesOfFreedom;
  const pooled = (of: (variance: RunVariance) => number): number =>
    (a.degreesOfFreedom * of(a) + b.degreesOfFreedom * of(b)) / degreesOfFreedom;
  return {
    total: pooled(({ total }) => total),
    within: pooled(({ within }) => within),
    degreesOfFreedom,
    source: a.source === b.source ? a.source : "both",
  };
}
