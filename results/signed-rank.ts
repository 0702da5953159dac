/** Tests whether one of two paired plugins is better, without assumptions about the distribution of the values. */

/**
 * Returns the two-sided p-value of the Wilcoxon signed-rank test on paired differences, from the exact distribution for
 * any n (ties get their mean rank, zeros are omitted): Hollander, Wolfe and Chicken, Nonparametric Statistical Methods,
 * section 3.1. Ranks rather than means, so that a single disturbed block does not determine the outcome.
 */
export function signedRankP(differences: readonly number[]): number {
  const ranked = doubledRanks(differences.filter((difference) => difference !== 0));
  if (ranked.length === 0) return 1;
  const distribution = rankSumDistribution(ranked.map(({ rank }) => rank));
  const observed = ranked.reduce((sum, { difference, rank }) => (difference > 0 ? sum + rank : sum), 0);
  // The distribution is symmetric: twice the nearer tail.
  const tail = Math.min(observed, distribution.length - 1 - observed);
  let p = 0;
  for (let sum = 0; sum <= tail; sum++) p += distribution[sum] as number;
  return Math.min(1, 2 * p);
}

/** Returns the doubled ranks of the absolute values. Doubling keeps the mean ranks of ties integers. */
function doubledRanks(differences: readonly number[]): { difference: number; rank: number }[] {
  const sorted = [...differences].sort((a, b) => Math.abs(a) - Math.abs(b));
  const magnitudes = sorted.map(Math.abs);
  return sorted.map((difference) => {
    const first = magnitudes.indexOf(Math.abs(difference));
    const last = magnitudes.lastIndexOf(Math.abs(difference));
    return { difference, rank: first + last + 2 };
  });
}

/** Returns the probability of each rank sum if every sign is equally likely. */
function rankSumDistribution(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const distribution = new Float64Array(total + 1);
  distribution[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      const without = distribution[sum] as number;
      const withRank = sum >= rank ? (distribution[sum - rank] as number) : 0;
      distribution[sum] = (without + withRank) / 2;
    }
  }
  return distribution;
}

/** Returns the smallest p-value that n pairs can reach, which is when all of them differ in the same direction. */
export function minReachableP(n: number): number {
  return Math.min(1, 2 ** (1 - n));
}

/** Returns the smallest number of blocks with which one of `comparisons` corrected tests can reach the threshold. */
export function blocksNeeded(comparisons: number, threshold: number): number {
  let n = 1;
  while (comparisons * minReachableP(n) > threshold) n++;
  return n;
}

/** Applies Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979). Preserves the order. */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let running = 0;
  [...ps.keys()]
    .sort((i, j) => (ps[i] as number) - (ps[j] as number))
    .forEach((index, position) => {
      running = Math.max(running, Math.min(1, (ps.length - position) * (ps[index] as number)));
      adjusted[index] = running;
    });
  return adjusted;
}
