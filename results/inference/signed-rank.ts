/**
 * Test, estimate and interval of a paired difference, without assumptions about its distribution other than symmetry:
 * Wilcoxon's signed-rank test and its inversion (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods,
 * sections 3.1 to 3.3). All three are functions of the Walsh averages (d_i + d_j) / 2, i <= j, so they agree: the
 * p-value is at most 5 % exactly if the 95 % interval excludes 0.
 */
import { countUpTo, kthWalshAverage, nextWalshAverage, walshCount } from "./walsh.ts";

/** Number of differences up to which the null distribution is exact. */
export const MAX_EXACT_N = 50;

export interface SignedRank {
  /** Hodges-Lehmann estimate: the median of the Walsh averages. */
  readonly estimate: number;
  /** Two-sided p-value of the hypothesis that the differences are symmetric about 0. */
  readonly p: number;
  /** 95 % confidence interval, or null if n is too small for one. */
  readonly ci95: readonly [number, number] | null;
  /** 90 % confidence interval, or null if n is too small for one. */
  readonly ci90: readonly [number, number] | null;
}

/**
 * Analyzes paired differences. Walsh averages of 0 count against the alternative, as if every tie were broken
 * unfavorably; therefore the test keeps its level with ties.
 * @param differences at least one finite number
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const sorted = new Float64Array(differences).sort();
  return {
    estimate: estimateOf(sorted),
    p: pOf(sorted),
    ci95: interval(sorted, 0.05),
    ci90: interval(sorted, 0.1),
  };
}

/** Returns only the estimate of {@link signedRank}. */
export function signedRankEstimate(differences: readonly number[]): number {
  return estimateOf(new Float64Array(differences).sort());
}

function estimateOf(sorted: Float64Array): number {
  const count = walshCount(sorted.length);
  const k = Math.ceil(count / 2);
  const middle = kthWalshAverage(sorted, k);
  return count % 2 === 1 ? middle : (middle + nextWalshAverage(sorted, k, middle)) / 2;
}

/** Returns only the p-value of {@link signedRank}, which takes a small part of its time. */
export function signedRankP(differences: readonly number[]): number {
  return pOf(new Float64Array(differences).sort());
}

function pOf(sorted: Float64Array): number {
  const n = sorted.length;
  const notAbove = countUpTo(sorted, 0);
  const notBelow = walshCount(n) - countUpTo(sorted, -Number.MIN_VALUE);
  return Math.min(1, 2 * lowerTail(n, Math.min(notAbove, notBelow)));
}

/** Returns the smallest p-value that n differences can reach, which is when all have the same sign. */
export function minReachableP(n: number): number {
  return Math.min(1, 2 * lowerTail(n, 0));
}

/** Returns the interval from the k-th smallest to the k-th largest Walsh average, or null. */
function interval(sorted: Float64Array, level: number): [number, number] | null {
  const k = criticalRank(sorted.length, level);
  return k === 0 ? null : [kthWalshAverage(sorted, k), kthWalshAverage(sorted, walshCount(sorted.length) + 1 - k)];
}

/**
 * Returns the largest k for which the interval from the k-th smallest to the k-th largest Walsh average has at least
 * the confidence 1 - level; 0 if there is none. The test rejects at this level if the interval excludes 0.
 */
export function criticalRank(n: number, level: number): number {
  let k = 0;
  for (let high = Math.floor(walshCount(n) / 2) + 1; k + 1 < high;) {
    const middle = Math.floor((k + high) / 2);
    if (2 * lowerTail(n, middle - 1) <= level) k = middle;
    else high = middle;
  }
  return k;
}

/** Returns P(W <= w) of the signed-rank statistic of n differences without ties, under the null hypothesis. */
function lowerTail(n: number, w: number): number {
  if (n > MAX_EXACT_N) return normalTail(n, w);
  return cumulative(n)[Math.min(w, walshCount(n))] as number;
}

/** The normal approximation with continuity correction. */
function normalTail(n: number, w: number): number {
  const mean = walshCount(n) / 2;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  return standardNormalCdf((w + 0.5 - mean) / deviation);
}

const distributions = new Map<number, Float64Array>();

/** Returns P(W <= w) for each w, if every sign is equally likely. */
function cumulative(n: number): Float64Array {
  const known = distributions.get(n);
  if (known !== undefined) return known;
  const total = walshCount(n);
  const probabilities = new Float64Array(total + 1);
  probabilities[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = total; sum >= 0; sum--) {
      const withRank = sum >= rank ? (probabilities[sum - rank] as number) : 0;
      probabilities[sum] = ((probabilities[sum] as number) + withRank) / 2;
    }
  }
  for (let sum = 1; sum <= total; sum++) {
    probabilities[sum] = (probabilities[sum] as number) + (probabilities[sum - 1] as number);
  }
  distributions.set(n, probabilities);
  return probabilities;
}

/** Abramowitz and Stegun, 26.2.17: absolute error below 7.5e-8. */
function standardNormalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z < 0 ? upper : 1 - upper;
}
