/** Summarizes the samples of a repetition as quantiles. Pure. */
import { type Distribution, roundDetail } from "./repetition-details.ts";

/** The stored quantiles: steps of 5 %, and closer ones at the ends. */
export const QUANTILE_LEVELS: readonly number[] = [
  ...[0, 0.01, 0.02],
  ...Array.from({ length: 19 }, (_, index) => (5 * (index + 1)) / 100),
  ...[0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1],
];
/** Larger than the rounding error of a share of the samples, in samples. */
const ROUNDING = 1e-9;

/**
 * Returns the quantiles of samples in an SI unit. Levels beyond the resolution of the samples are omitted: 0.99 takes
 * 100 samples.
 * @throws RangeError without samples, or with one that is not finite
 */
export function distributionOf(name: string, unit: string, samples: readonly number[]): Distribution {
  const sorted = Float64Array.from(samples).sort();
  const count = sorted.length;
  if (!sorted.every(Number.isFinite)) throw new RangeError(`${name} has a sample that is not a finite number`);
  const isResolved = (level: number): boolean => Math.min(level, 1 - level) * count >= 1 - ROUNDING;
  const levels = QUANTILE_LEVELS.filter((level) => level === 0 || level === 1 || isResolved(level));
  return { name, unit, samples: count, levels, values: levels.map((level) => roundDetail(quantile(sorted, level))) };
}

/**
 * Returns the smallest sample that a `share` of all samples do not exceed (nearest rank).
 * @param sorted ascending
 * @throws RangeError without samples
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length - ROUNDING) - 1)];
  if (value === undefined) throw new RangeError("cannot compute a percentile of an empty sample set");
  return value;
}
