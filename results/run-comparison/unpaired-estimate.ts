/** Compares the runs of two sides, which are independent of each other: see docs/method.md, "Two runs". */
import { mean, sum } from "simple-statistics";
import { studentP, studentQuantile } from "../inference/student.ts";
import { POWER } from "../inference/power.ts";
import type { RunVariance } from "./between-runs.ts";
import type { RunEstimate } from "./run-estimate.ts";

export interface UnpairedEstimate {
  /** Head minus base, on the compared scale. */
  readonly estimate: number;
  /** Symmetric about the estimate, so the half width describes an interval; null if nothing is known about it. */
  readonly halfWidth: (level: number) => number | null;
  /** Two-sided p-value of no difference; 1 if nothing is known about the variation. */
  readonly p: number;
  /** Smallest true difference that a test at this level detects with a probability of 80 %; null: none. */
  readonly detectable: (level: number) => number | null;
}

/** The variance of a difference of two sides. */
interface DifferenceVariance {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/**
 * Compares two sides. A difference must exceed both the variation between runs and the variation that the blocks of
 * these runs show: p is the larger of two p-values, and the interval the wider of two. The estimate of the variation
 * between runs can be too small by chance; the variation of the blocks limits the effect of that.
 * @param variance between runs; null: unknown
 */
export function compareSides(
  base: readonly RunEstimate[],
  head: readonly RunEstimate[],
  variance: RunVariance | null,
): UnpairedEstimate {
  const sides = [base, head] as const;
  const estimate = mean(head.map(({ value }) => value)) - mean(base.map(({ value }) => value));
  const within = withinVariance(sides);
  const between = variance === null ? null : betweenVariance(sides, variance, within?.variance ?? 0);
  const known = [within, between].filter((each) => each !== null);
  const halfWidth = (level: number): number | null => widest(known, (freedom) => studentQuantile(level, freedom));
  return {
    estimate,
    halfWidth,
    p: known.length === 0 ? 1 : Math.max(...known.map((each) => pOf(estimate, each))),
    // Two-sided quantile of 2 (1 - power): the one-sided quantile of the power.
    detectable: (level) =>
      widest(known, (freedom) => studentQuantile(level, freedom) + studentQuantile(2 * (1 - POWER), freedom)),
  };
}

function widest(known: readonly DifferenceVariance[], quantile: (degreesOfFreedom: number) => number): number | null {
  if (known.length === 0) return null;
  return Math.max(...known.map(({ variance, degreesOfFreedom }) => quantile(degreesOfFreedom) * Math.sqrt(variance)));
}

function pOf(estimate: number, { variance, degreesOfFreedom }: DifferenceVariance): number {
  if (estimate === 0) return 1;
  return variance === 0 ? 0 : studentP(estimate / Math.sqrt(variance), degreesOfFreedom);
}

type Sides = readonly [base: readonly RunEstimate[], head: readonly RunEstimate[]];

/**
 * Returns the variance between runs. It contains the variance within the runs that it was estimated from. If the
 * compared runs have a larger variance within runs, because they have fewer blocks, for example, the excess is added.
 */
function betweenVariance(sides: Sides, { total, within, degreesOfFreedom }: RunVariance, ofBlocks: number) {
  const [base, head] = sides.map(({ length }) => 1 / length) as [number, number];
  const variance = (base + head) * total + Math.max(0, ofBlocks - (base + head) * within);
  return { variance, degreesOfFreedom };
}

/** The variation of blocks, with the degrees of freedom of Welch and Satterthwaite; null if a run has one block. */
function withinVariance(sides: Sides): DifferenceVariance | null {
  if (sides.flat().some(({ within }) => within === null)) return null;
  const [base, head] = sides.map((runs) => {
    const shares = runs.map(({ within, blocks }) => ({ share: (within ?? 0) / runs.length ** 2, blocks }));
    return {
      variance: sum(shares.map(({ share }) => share)),
      uncertainty: sum(shares.map(({ share, blocks }) => share ** 2 / (blocks - 1))),
      degreesOfFreedom: sum(shares.map(({ blocks }) => blocks - 1)),
    };
  }) as [SideVariance, SideVariance];
  const variance = base.variance + head.variance;
  const uncertainty = base.uncertainty + head.uncertainty;
  const maxDegreesOfFreedom = base.degreesOfFreedom + head.degreesOfFreedom;
  return { variance, degreesOfFreedom: uncertainty === 0 ? maxDegreesOfFreedom : variance ** 2 / uncertainty };
}

interface SideVariance extends DifferenceVariance {
  /** Sum of the squares of the addends of the variance, each divided by its degrees of freedom. */
  readonly uncertainty: number;
}
