/** Reads the variation between runs from the noise cards that the runs contain. */
import type { NoiseCard } from "../noise/noise-card.ts";
import { findNoise } from "../noise/predict-noise.ts";
import { poolVariances, type RunVariance } from "./between-runs.ts";
import type { FoldedRun, MatchableCell } from "./folded-run.ts";
import type { Reference } from "./run-comparison.ts";

/** Returns the noise cards of the runs, each once; empty if a run has none, because nothing is known about it then. */
export function noiseCardsOf(runs: readonly FoldedRun[]): NoiseCard[] {
  const cards = runs.map(({ run }) => run.noiseCard);
  if (cards.includes(undefined)) return [];
  const byKey = new Map((cards as NoiseCard[]).map((card) => [JSON.stringify([card.measuredAt, card.machine]), card]));
  // Sorted, so that exchanging the sides does not even change the rounding.
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, card]) => card);
}

/** Returns the variation between runs of a load; null if a card does not state it. */
export function varianceOfCards(
  cards: readonly NoiseCard[],
  { planned, scenario }: MatchableCell,
  reference: Reference,
): RunVariance | null {
  const { runner, path, metric } = planned;
  const variances = cards.map((card) => {
    const noise = findNoise(card, { runner, path, metric, params: scenario.params ?? {} });
    const degreesOfFreedom = card.runs - 1;
    if (noise === undefined || degreesOfFreedom === 0) return null;
    const { betweenRuns, ratios } = noise;
    if (reference.kind === "none" && betweenRuns !== null)
      return { total: betweenRuns ** 2, within: 0, degreesOfFreedom, source: "noise card" } as const;
    if (ratios?.reference !== reference.kind) return null;
    const [total, within] = [ratios.betweenRuns ** 2, ratios.withinRuns ** 2];
    return { total, within, degreesOfFreedom, source: "noise card" } as const;
  });
  return variances.includes(null) ? null : variances.reduce<RunVariance | null>(poolVariances, null);
}
