/** Percentiles of raw samples (method, rule 6). */
import type { Warning } from "../core/model.ts";

/** Fewest samples that a 99th percentile may come from. */
const P99_SAMPLES = 100;

/** The warning that there is no 99th percentile; empty when the samples are enough for one. */
export function fewSamples(count: number): Warning[] {
  if (count >= P99_SAMPLES) return [];
  return [{ code: "few-samples", message: `no 99th percentile from ${count} samples (${P99_SAMPLES} are needed)` }];
}

/** The least sample that at least `share` of all samples do not exceed (nearest rank). @throws RangeError without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const value = samples.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * samples.length) - 1)];
  if (value === undefined) throw new RangeError("there is no percentile of no samples");
  return value;
}
