/** Judges whether a difference is large enough to count as a change. */
import { METRIC_NAMES, METRICS } from "../../core/metrics.ts";
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

function exceeds({ metric, scale, difference, base, head }: JudgedDifference, { ratio, floors }: Threshold): boolean {
  const floor = Object.hasOwn(floors, metric) ? (floors[metric] as number) : 0;
  const size = Math.abs(difference);
  if (scale === "difference") return size > floor && size > (ratio - 1) * Math.max(0, Math.min(base, head));
  // The change in the unit if both values are equally far from their geometric mean: the same in both directions.
  const change = 2 * Math.sinh(size / 2) * Math.sqrt(base * head);
  return size > Math.log(ratio) && change > floor;
}
