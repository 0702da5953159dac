/** The estimate of one cell from one run, and the variance that the blocks of the run show. */
import { sampleVariance } from "simple-statistics";
import { signedRankEstimate } from "../inference/signed-rank.ts";

export interface RunEstimate {
  /** Typical value of the blocks, on the compared scale. */
  readonly value: number;
  /** Variance of `value` that the blocks cause; null for a single block, which shows none. */
  readonly within: number | null;
  readonly blocks: number;
}

/** Variance of the Hodges-Lehmann estimate of normal values, relative to that of their mean. */
const RELATIVE_VARIANCE = Math.PI / 3;

/**
 * Returns the Hodges-Lehmann estimate, which a few slow blocks change little.
 * @param values one number for each block, at least one
 */
export function runEstimate(values: readonly number[]): RunEstimate {
  const blocks = values.length;
  const within = blocks < 2 ? null : (RELATIVE_VARIANCE * sampleVariance([...values])) / blocks;
  return { value: signedRankEstimate(values), within, blocks };
}
