/** Plans sample sizes: which difference a number of blocks detects, and how many blocks a difference needs. */
import { probit } from "simple-statistics";
import { seededRandom } from "../random.ts";
import { MAX_COUNT } from "../record.ts";
import { criticalRank } from "./signed-rank.ts";
import { kthWalshAverage } from "./walsh.ts";

/** Probability with which a detectable difference is detected. */
export const POWER = 0.8;

const SIMULATIONS = 2000;
/** Fixed, so that a run always has the same report. */
const SEED = 1;
/** Number of blocks from which on the asymptotic value is used. It is a few percent too small there. */
const MAX_SIMULATED_N = 20;

/**
 * Returns the smallest difference that the signed-rank test of n normal differences detects with probability
 * {@link POWER}, in standard deviations of the differences; null if n is too small for any. The test detects a
 * difference if it exceeds the distance between the true value and the bound of the interval, so the result is a
 * quantile of that distance: simulated with a fixed seed for few blocks, and asymptotic for many (efficiency 3/π).
 * @param level two-sided level of the test, in (0, 1)
 */
export function detectableEffect(n: number, level: number): number | null {
  const rank = criticalRank(n, level);
  if (rank === 0) return null;
  return n > MAX_SIMULATED_N ? asymptoticEffect(n, level) : simulatedEffect(n, rank);
}

/**
 * Returns the smallest number of blocks that detects a difference with probability {@link POWER}, or null if more than
 * {@link MAX_COUNT} are needed.
 * @param effect in standard deviations of the paired differences
 */
export function blocksForEffect(effect: number, level: number): number | null {
  const detects = (n: number): boolean => (detectableEffect(n, level) ?? Infinity) <= effect;
  if (!detects(MAX_COUNT)) return null;
  let [low, high] = [1, MAX_COUNT];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (detects(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** By blocks and rank: many levels have the same rank. */
const simulated = new Map<string, number>();

function simulatedEffect(n: number, rank: number): number {
  const key = `${n} ${rank}`;
  const effect = simulated.get(key) ?? simulateEffect(n, rank);
  simulated.set(key, effect);
  return effect;
}

function simulateEffect(n: number, rank: number): number {
  const random = seededRandom(SEED);
  const distances = Float64Array.from({ length: SIMULATIONS }, () => {
    const sample = Float64Array.from({ length: n }, () => probit(random())).sort();
    return -kthWalshAverage(sample, rank);
  }).sort();
  return distances[Math.ceil(POWER * SIMULATIONS) - 1] as number;
}

function asymptoticEffect(n: number, level: number): number {
  return (probit(1 - level / 2) + probit(POWER)) / Math.sqrt((3 / Math.PI) * n);
}
