/** What a handful of block values says: median, its interval, spread, outliers. Pure; rules in docs/method.md. */
import * as simple from "simple-statistics";

/** Fewer blocks than this have no 95 % interval: with five, even the widest one (least to greatest) covers only 93.75 %. */
export const MIN_BLOCKS = 6;

/** @throws on an empty array: a median of nothing is a fault of the caller. */
export function median(values: readonly number[]): number {
  return simple.median([...values]);
}

/**
 * Distribution-free interval that covers the median with at least 95 %: from the k-th least to the k-th greatest value, k
 * as large as the binomial distribution allows (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
 * Order statistics rather than a bootstrap: exact for small n, and nothing in it is random. null for n < {@link MIN_BLOCKS}.
 */
export function medianInterval(values: readonly number[]): [number, number] | null {
  const k = intervalRank(values.length);
  if (k === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[k - 1] as number, sorted[values.length - k] as number];
}

/** The greatest k with P(Binomial(n, 1/2) < k) <= 2.5 %. In logarithms: 2^-n is 0 in floating point from n = 1075 on. */
function intervalRank(n: number): number {
  let logProbability = -n * Math.LN2;
  let below = Math.exp(logProbability);
  let k = 0;
  while (below <= 0.025) {
    k++;
    logProbability += Math.log((n - k + 1) / k);
    below += Math.exp(logProbability);
  }
  return k;
}

/** Coefficient of variation: sample standard deviation / mean. null for fewer than two values or a mean of 0. */
export function coefficientOfVariation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = simple.mean([...values]);
  return mean === 0 ? null : simple.sampleStandardDeviation([...values]) / mean;
}

export interface Outlier {
  readonly index: number;
  readonly value: number;
  /** Modified z-score; the sign tells the side. */
  readonly score: number;
}

/**
 * Values with a modified z-score above 3.5 (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993): flagged,
 * never dropped. Fewer than five values have no outliers; with no spread in the middle half the mean absolute deviation
 * takes the place of the median one.
 */
export function outliers(values: readonly number[]): Outlier[] {
  if (values.length < 5) return [];
  const center = median(values);
  const deviation = simple.mad([...values]);
  const scale =
    deviation > 0 ? deviation / 0.6745 : 1.253314 * simple.mean(values.map((value) => Math.abs(value - center)));
  if (scale === 0) return [];
  return values
    .map((value, index) => ({ index, value, score: (value - center) / scale }))
    .filter(({ score }) => Math.abs(score) > 3.5);
}
