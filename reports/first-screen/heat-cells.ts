/** The cells of the heat table: how each plugin compares with the one with the best median, and with all others. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import { type Mark, markOf } from "../element-ids.ts";
import { fromViewOf, type Question, type RankedCell, type Ranks } from "../questions.ts";

/** Factors from which the color of a worse plugin is stronger. */
const STEPS = [1.25, 2, 4] as const;

/** The comparison with one other plugin. */
export interface Versus {
  /** Value of this plugin divided by that of the other one; null if the comparison is a difference. */
  readonly factor: number | null;
  readonly verdict: Comparison["verdict"];
}

export interface HeatCell {
  readonly plugin: string;
  /** null: the run has no such cell. */
  readonly cell: SummaryCell | null;
  readonly ranks: Ranks | null;
  readonly mark: Mark | null;
  /** Comparison with the plugin with the best median; null for that plugin, and if they were not compared. */
  readonly comparison: Comparison | null;
  /** Strength of the color of a worse plugin, 1 to 4; 0 for all others. */
  readonly strength: number;
  /** By plugin, in plan order; null without a comparison. */
  readonly versus: readonly (Versus | null)[];
}

/** @param plugins the plugins of the plan, whose order is that of the cells */
export function heatCells({ rankedCells, comparisons }: Question, plugins: readonly string[]): HeatCell[] {
  return plugins.map((plugin) => {
    const ranked = rankedCells.find(({ cell }) => cell.plugin === plugin);
    const own = comparisons.flatMap((comparison) => fromViewOf(plugin, comparison) ?? []);
    const versus = plugins.map((other) => versusOf(own.find(({ b }) => b === other)));
    if (ranked === undefined)
      return { plugin, cell: null, ranks: null, mark: null, comparison: null, strength: 0, versus };
    const { cell, ranks, versusBest } = ranked;
    const mark = markOf(ranked);
    return { plugin, cell, ranks, mark, comparison: versusBest, strength: strengthOf(ranked), versus };
  });
}

function versusOf(comparison: Comparison | undefined): Versus | null {
  if (comparison === undefined) return null;
  const { scale, estimate, verdict } = comparison;
  return { factor: scale === "ratio" ? estimate : null, verdict };
}

function strengthOf({ versusBest }: RankedCell): number {
  if (versusBest?.verdict !== "worse") return 0;
  if (versusBest.scale === "difference") return 1;
  const factor = Math.max(versusBest.estimate, 1 / versusBest.estimate);
  return 1 + STEPS.filter((step) => factor >= step).length;
}
