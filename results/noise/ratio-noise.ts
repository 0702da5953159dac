/** Computes how much the ratios of one plugin to its reference differ between A/A runs. */
import { mean, sampleVariance } from "simple-statistics";
import { pairBlocks } from "../baseline-ratio.ts";
import type { Block } from "../blocks.ts";
import { runEstimate } from "../run-comparison/run-estimate.ts";
import type { RatioNoise } from "./noise-card.ts";

/** The blocks of one run: of both twins, and of the baseline, if there is one. */
export interface TwinBlocks {
  readonly blocks: readonly (readonly [Block, Block])[];
  readonly baseline: readonly Block[];
}

/** Returns null for a single run, and for values without logarithm. */
export function ratioNoise(runs: readonly TwinBlocks[]): RatioNoise | null {
  if (runs.length < 2) return null;
  const hasBaseline = runs.every(({ baseline }) => baseline.length > 0);
  // Each list has the ratios of one twin to the same reference, by run.
  const twins = hasBaseline ? [ratiosToBaseline(runs, 0), ratiosToBaseline(runs, 1)] : [ratiosOfTwins(runs)];
  const values = twins.flat(2);
  if (!values.every(Number.isFinite) || twins.flat().some(({ length }) => length === 0)) return null;
  const estimates = twins.map((ofRuns) => ofRuns.map(runEstimate));
  const between = mean(estimates.map((ofRuns) => sampleVariance(ofRuns.map(({ value }) => value))));
  const within = mean(estimates.flat().map((estimate) => estimate.within ?? 0));
  return {
    reference: hasBaseline ? "baseline" : "plugin",
    betweenRuns: Math.sqrt(between),
    withinRuns: Math.sqrt(within),
  };
}

function ratiosToBaseline(runs: readonly TwinBlocks[], twin: 0 | 1): number[][] {
  return runs.map(({ blocks, baseline }) =>
    logRatios(
      blocks.map((pair) => pair[twin]),
      baseline,
    ),
  );
}

function ratiosOfTwins(runs: readonly TwinBlocks[]): number[][] {
  return runs.map(({ blocks }) =>
    logRatios(
      blocks.map(([a]) => a),
      blocks.map(([, b]) => b),
    ),
  );
}

function logRatios(values: readonly Block[], reference: readonly Block[]): number[] {
  return pairBlocks(values, reference).map(([value, divisor]) => Math.log(value / divisor));
}
