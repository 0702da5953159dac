/** Judges whether a difference is large enough to count as a change. */
import { probit } from "simple-statistics";
import { METRIC_NAMES, METRICS } from "../../core/metrics.ts";
import { POWER } from "../inference/power.ts";
import type { PairVerdict } from "../inference/verdict.ts";
import type { ComparedCell, Threshold } from "./run-comparison.ts";

/** Returns the threshold with the absolute limits of all metrics. @param ratio above 1 */
export function thresholdOf(ratio: number): Threshold {
  const floors = METRIC_NAMES.flatMap((metric) => {
    const { noticeable, equalWithin } = METRICS[metric];
    const floor = noticeable ?? equalWithin;
    return floor === undefined ? [] : [[metric, floor] as const];
  });
  return { ratio, floors: Object.fromEntries(floors) };
}

/** A difference of head and base, in logarithms on the scale of ratios. */
export interface JudgedDifference {
  readonly metric: string;
  readonly scale: ComparedCell["scale"];
  readonly difference: number;
  /** Typical values of both sides, in the unit. */
  readonly base: number;
  readonly head: number;
  readonly verdict: PairVerdict;
}

/**
 * Returns the change of a cell: a difference that is shown, and whose estimate exceeds both limits of the threshold.
 * Exchanging base and head exchanges regression and improvement.
 */
export function changeOf(judged: JudgedDifference, threshold: Threshold): ComparedCell["change"] {
  const { verdict } = judged;
  if ((verdict !== "better" && verdict !== "worse") || !exceeds(judged, threshold)) return "none";
  return verdict === "worse" ? "regression" : "improvement";
}

function exceeds(judged: JudgedDifference, threshold: Threshold): boolean {
  return Math.abs(judged.difference) > limitOf(judged, threshold);
}

/** Returns the size of a difference that a change must exceed. */
function limitOf({ metric, scale, base, head }: Compared, { ratio, floors }: Threshold): number {
  const floor = Object.hasOwn(floors, metric) ? (floors[metric] as number) : 0;
  if (scale === "difference") return Math.max(floor, (ratio - 1) * Math.max(0, Math.min(base, head)));
  // The floor is a difference of two values equally far from their geometric mean: the same in both directions.
  return Math.max(Math.log(ratio), floor === 0 ? 0 : 2 * Math.asinh(floor / (2 * Math.sqrt(base * head))));
}

type Compared = Pick<JudgedDifference, "metric" | "scale" | "base" | "head">;

/**
 * A bound of how far an estimate falls below the true difference, as a share of the smallest detectable difference:
 * with a probability of POWER, it falls short by less. Exact for a normal estimate and a level of 5 %, where the
 * smallest detectable difference is the sum of both quantiles, in standard errors; smaller for lower levels and few
 * degrees of freedom.
 */
const SHORTFALL = probit(POWER) / (probit(POWER) + probit(1 - 0.05 / 2));

/**
 * Returns the smallest true change that is found with a probability of 80 %: its estimate must also exceed the limits,
 * which a change of exactly that size does only half of the time.
 * @param difference the smallest detectable difference
 */
export function detectableChange(difference: number, compared: Compared, threshold: Threshold): number {
  return Math.max(difference, limitOf(compared, threshold) + SHORTFALL * difference);
}
