/** Compares all pairs of plugins of one tested question at its level. */
import type { Block } from "./blocks.ts";
import type { QuestionTest } from "./inference/closed-testing.ts";
import { differencesOf, type Observations } from "./inference/group-statistics.ts";
import { signedRank } from "./inference/signed-rank.ts";
import { decide, sensitivityOf } from "./inference/verdict.ts";
import type { ComparisonScale } from "./observations.ts";
import type { PlannedCell } from "./record.ts";
import type { Comparison } from "./summary.ts";

export interface MeasuredCell {
  readonly planned: PlannedCell;
  readonly blocks: readonly Block[];
  /** Other processes kept the machine busy, so that the values decide nothing. */
  readonly busy: boolean;
}

export interface TestedQuestion {
  readonly id: string;
  readonly cells: readonly MeasuredCell[];
  readonly scale: ComparisonScale;
  readonly observations: Observations;
  readonly test: QuestionTest;
}

/**
 * Returns the largest difference of a metric that counts as equal: a ratio above 1 such as 1.05, or on the scale of
 * differences a value in the unit of the metric; null if none does.
 */
export type BandOf = (question: Pick<PlannedCell, "suite" | "metric">, scale: ComparisonScale) => number | null;

export interface ErrorFamily {
  readonly family: Comparison["family"];
  /** Level of the verdicts. */
  readonly level: number;
  /** Level for which the sensitivity is computed. */
  readonly planningLevel: number;
}

/** Returns the comparisons of a question, in the order of its cells. */
export function compareQuestion(
  question: TestedQuestion,
  { family, level, planningLevel }: ErrorFamily,
  bandOf: BandOf,
): Comparison[] {
  const { suite, scenario, path, metric, better } = (question.cells[0] as MeasuredCell).planned;
  const { scale } = question;
  const largest = bandOf({ suite, metric }, scale);
  const band = largest === null ? null : scale === "ratio" ? Math.log(largest) : largest;
  return question.test.pairs.map(({ a, b, n, p, adjusted }) => {
    const [first, second] = [question.cells[a] as MeasuredCell, question.cells[b] as MeasuredCell];
    const differences = differencesOf(question.observations, a, b);
    const { estimate, ci95, ci90 } = signedRank(differences);
    const pair = { test: { estimate, ci90 }, adjusted };
    const busy = first.busy || second.busy;
    const { detectable, blocksNeeded } = sensitivityOf(differences, { level: planningLevel, band });
    return {
      ...{ suite, scenario, path, metric, a: first.planned.plugin, b: second.planned.plugin, family },
      verdict: busy ? "undecided" : decide(pair, { level, band, higherIsBetter: better === "higher" }),
      ...(busy ? { reason: "busy machine" } : {}),
      scale,
      estimate: displayed(estimate, scale),
      ci95: ci95 && [displayed(ci95[0], scale), displayed(ci95[1], scale)],
      ci90: ci90 && [displayed(ci90[0], scale), displayed(ci90[1], scale)],
      ...{ n, p, pAdjusted: adjusted, level },
      detectable: detectable === null ? null : displayed(detectable, scale),
      blocksNeeded,
    };
  });
}

function displayed(value: number, scale: ComparisonScale): number {
  return scale === "ratio" ? Math.exp(value) : value;
}
