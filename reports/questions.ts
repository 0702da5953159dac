/** The questions that a run answers, and who answers each best. Shared by all report formats. */
import type { Comparison, Summary, SummaryCell } from "../results/summary.ts";

/** One metric of one scenario, on every path it was measured. */
export interface Figure {
  readonly suite: string;
  readonly scenario: string;
  readonly runner: string;
  readonly metric: string;
  readonly unit: string;
  readonly better: SummaryCell["better"];
  readonly baseline: SummaryCell | null;
  readonly questions: readonly Question[];
}

/** One metric on one path: who is best? */
export interface Question {
  readonly path: string;
  /** Best median first; what was not measured comes last. */
  readonly rankedCells: readonly RankedCell[];
  readonly comparisons: readonly Comparison[];
}

export interface RankedCell {
  readonly cell: SummaryCell;
  /** 1 + number of plugins that are significantly better; null where the blocks cannot rank. */
  readonly rank: number | null;
  /** This plugin against the one with the best median; null for that one itself. */
  readonly versusBest: Comparison | null;
}

/** All figures in plan order. */
export function figuresOf(summary: Summary): Figure[] {
  const groups = new Map<string, SummaryCell[]>();
  for (const cell of summary.cells) {
    const key = [cell.suite, cell.scenario, cell.metric].join("/");
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map((cells) => figureOf(cells, summary.comparisons));
}

function figureOf(cells: readonly SummaryCell[], comparisons: readonly Comparison[]): Figure {
  const { suite, scenario, runner, metric, unit, better } = cells[0] as SummaryCell;
  const pods = cells.filter(({ path }) => path !== "host");
  const figureComparisons = comparisons.filter(
    (each) => each.suite === suite && each.scenario === scenario && each.metric === metric,
  );
  const questions = [...new Set(pods.map(({ path }) => path))].map((path) => {
    const questionComparisons = figureComparisons.filter((comparison) => comparison.path === path);
    return {
      path,
      comparisons: questionComparisons,
      rankedCells: rankCells(
        pods.filter((cell) => cell.path === path),
        questionComparisons,
      ),
    };
  });
  const baseline = cells.find(({ path }) => path === "host") ?? null;
  return { suite, scenario, runner, metric, unit, better, baseline, questions };
}

function rankCells(cells: readonly SummaryCell[], comparisons: readonly Comparison[]): RankedCell[] {
  const order = [...cells].sort(byMedian);
  const best = order[0]?.plugin;
  const ranked = comparisons.length > 0 && comparisons.every(({ verdict }) => verdict !== "insufficient");
  return order.map((cell) => {
    const against = comparisons
      .map((comparison) => fromViewOf(cell.plugin, comparison))
      .filter((each) => each !== null);
    const rank =
      ranked && cell.state === "measured" ? 1 + against.filter(({ verdict }) => verdict === "worse").length : null;
    return { cell, rank, versusBest: against.find(({ b }) => b === best) ?? null };
  });
}

function byMedian(x: SummaryCell, y: SummaryCell): number {
  if (x.median === null || y.median === null) return Number(x.median === null) - Number(y.median === null);
  return x.better === "higher" ? y.median - x.median : x.median - y.median;
}

/** The comparison with `plugin` in the place of a; null when it is not part of it. */
function fromViewOf(plugin: string, comparison: Comparison): Comparison | null {
  if (comparison.a === plugin) return comparison;
  if (comparison.b !== plugin) return null;
  const { a, b, verdict, ratio } = comparison;
  const inverseVerdict = {
    better: "worse",
    worse: "better",
    indistinguishable: "indistinguishable",
    insufficient: "insufficient",
  } as const;
  const inverse = ratio && {
    median: 1 / ratio.median,
    ci95: ratio.ci95 && ([1 / ratio.ci95[1], 1 / ratio.ci95[0]] as const),
  };
  return { ...comparison, a: b, b: a, verdict: inverseVerdict[verdict], ratio: inverse };
}
