/** The cells of the heat table: how each plugin compares with the one with the best median, and with all others. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import { type Mark, markOf } from "../element-ids.ts";
import { fromViewOf, type Question, type Ranks } from "../questions.ts";

/** Factors from which the color of a worse plugin is stronger. */
const STEPS = [1.25, 2, 4] as const;

export interface HeatCell {
  readonly plugin: string;
  /** null: the run has no such cell. */
  readonly cell: SummaryCell | null;
  readonly ranks: Ranks | null;
  readonly mark: Mark | null;
  /** Comparison with the plugin with the best median; null for that plugin, and if they were not compared. */
  readonly comparison: Comparison | null;
  /** Comparisons with each plugin, in plan order; null without one. */
  readonly versus: readonly (Comparison | null)[];
}

/** @param plugins the plugins of the plan, whose order is that of the cells */
export function heatCells({ rankedCells, comparisons }: Question, plugins: readonly string[]): HeatCell[] {
  return plugins.map((plugin) => {
    const ranked = rankedCells.find(({ cell }) => cell.plugin === plugin);
    const own = comparisons.flatMap((comparison) => fromViewOf(plugin, comparison) ?? []);
    const versus = plugins.map((other) => own.find(({ b }) => b === other) ?? null);
    if (ranked === undefined) return { plugin, cell: null, ranks: null, mark: null, comparison: null, versus };
    const { cell, ranks, versusBest } = ranked;
    const mark = markOf(ranked);
    return { plugin, cell, ranks, mark, comparison: versusBest, versus };
  });
}

/** Returns the strength of the color of a plugin that is worse than its reference, 1 to 4; 0 for all others. */
export function strengthOf({ verdict, scale, estimate }: Comparison): number {
  if (verdict !== "worse") return 0;
  if (scale === "difference") return 1;
  const factor = Math.max(estimate, 1 / estimate);
  return 1 + STEPS.filter((step) => factor >= step).length;
}
