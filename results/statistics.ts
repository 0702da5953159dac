/** Statistics of the values of a few blocks: median and its interval, spread, outliers. Pure; see docs/method.md. */
import * as simple from "simple-statistics";

/** Minimum for a 95 % interval: with five blocks, even the widest one (minimum to maximum) covers only 93.75 %. */
export const MIN_BLOCKS = 6;

/** Returns the median. @throws Error for an empty array, which is a bug of the caller */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("median of no values");
  const sorted = new Float64Array(values).sort();
  const middle = (sorted.length - 1) / 2;
  const [below, above] = [sorted[Math.floor(middle)] as number, sorted[Math.ceil(middle)] as number];
  return below === above ? below : (below + above) / 2;
}

/**
 * Returns a distribution-free confidence interval of at least 95 % for the median, or null for n < {@link MIN_BLOCKS}.
 * It is from the k-th smallest to the k-th largest value, with the largest k that the binomial distribution allows
 * (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2). Order statistics rather than a bootstrap: exact
 * for small n, and deterministic.
 */
export function medianInterval(values: readonly number[]): [number, number] | null {
  const k = intervalRank(values.length);
  if (k === 0) return null;
  const sorted = new Float64Array(values).sort();
  return [sorted[k - 1] as number, sorted[values.length - k] as number];
}

/** Returns the largest k with P(Binomial(n, 1/2) < k) <= 2.5 %. In logarithms: 2^-n underflows for n >= 1075. */
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

/** Returns the sample standard deviation divided by the mean, or null for fewer than two values or a mean of 0. */
export function coefficientOfVariation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = simple.mean([...values]);
  return mean === 0 ? null : simple.sampleStandardDeviation([...values]) / mean;
}

/** A value far from the median. */
interface Outlier {
  readonly index: number;
  readonly value: number;
  /** Modified z-score; negative below the median. */
  readonly score: number;
}

/**
 * Returns the values with an absolute modified z-score above 3.5 (Iglewicz and Hoaglin, "How to Detect and Handle
 * Outliers", 1993). They are flagged, never dropped. Fewer than five values have no outliers. If the median absolute
 * deviation is 0, the mean absolute deviation replaces it.
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
