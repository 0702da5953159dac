/** Decides one pair of plugins from its interval and its adjusted p-value. */
import { sampleStandardDeviation } from "simple-statistics";
import { blocksForEffect, detectableEffect } from "./power.ts";
import type { SignedRank } from "./signed-rank.ts";

export type PairVerdict = "better" | "worse" | "equal" | "undecided";

/** The paired differences a - b of one pair, on the tested scale. */
export interface TestedPair {
  readonly test: Pick<SignedRank, "estimate" | "ci90">;
  /** p-value that accounts for all pairs of the question. */
  readonly adjusted: number;
}

export interface DecisionRule {
  /** Level of the question. */
  readonly level: number;
  /** Largest difference, on the tested scale, that counts as equal; null if none does. */
  readonly band: number | null;
  readonly higherIsBetter: boolean;
}

/**
 * Returns the verdict of a compared with b. `equal` comes first: the 90 % interval lies inside the band, which is two
 * one-sided tests at 5 % (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
 */
export function decide({ test, adjusted }: TestedPair, { level, band, higherIsBetter }: DecisionRule): PairVerdict {
  if (band !== null && test.ci90 !== null && test.ci90.every((bound) => Math.abs(bound) <= band)) return "equal";
  if (adjusted > level || test.estimate === 0) return "undecided";
  return test.estimate > 0 === higherIsBetter ? "better" : "worse";
}

/** What a run like this one can show about a pair. */
export interface Sensitivity {
  /** Smallest true difference, on the tested scale, that is detected with a probability of 80 %; null if none is. */
  readonly detectable: number | null;
  /** Blocks that a new run needs to detect a difference outside the band; null if unknown or more than 1,000. */
  readonly blocksNeeded: number | null;
}

/** Computes the sensitivity for normal differences with the observed spread. A single pair, without other plugins. */
export function sensitivityOf(
  differences: readonly number[],
  { level, band }: Omit<DecisionRule, "higherIsBetter">,
): Sensitivity {
  const n = differences.length;
  if (n < 2) return { detectable: null, blocksNeeded: null };
  const spread = sampleStandardDeviation([...differences]);
  const effect = detectableEffect(n, level);
  return {
    detectable: effect === null ? null : effect * spread,
    blocksNeeded: band === null || spread === 0 ? null : blocksForEffect(band / spread, level),
  };
}
