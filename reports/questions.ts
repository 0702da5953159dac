/** The questions that a run answers (one metric on one path) and the ranking of each. Shared by all report formats. */
import { groupBy } from "../core/group.ts";
import type { Comparison, Summary, SummaryCell } from "../results/index.ts";

/** One metric of one scenario, on every measured path. */
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

/** Which plugin is best at one metric on one path? */
export interface Question {
  readonly path: string;
  /** In plan order. */
  readonly plugins: readonly string[];
  /** Best median first, unmeasured cells last. */
  readonly rankedCells: readonly RankedCell[];
  readonly comparisons: readonly Comparison[];
}

export type Ranks = readonly [first: number, last: number];

export interface RankedCell {
  readonly cell: SummaryCell;
  /**
   * Possible ranks: from 1 + the number of plugins shown to be better, to the number of plugins - those shown to be
   * worse. null if the cell was not measured or compared.
   */
  readonly ranks: Ranks | null;
  /** Whether this is the reference: of the compared plugins, the one with the best median. */
  readonly isReference: boolean;
  /** Comparison of this plugin with the reference; null for the reference itself, and if they were not compared. */
  readonly versusBest: Comparison | null;
}

const known = new WeakMap<Summary, readonly Figure[]>();

/** Returns all figures in plan order; those of one summary once for all its reports and views. */
export function figuresOf(summary: Summary): readonly Figure[] {
  const figures = known.get(summary) ?? figuresIn(summary);
  known.set(summary, figures);
  return figures;
}

function figuresIn(summary: Summary): Figure[] {
  const groups = groupBy(summary.cells, ({ suite, scenario, metric }) => [suite, scenario, metric].join("/"));
  return [...groups.values()].map((cells) => figureOf(cells, summary.comparisons));
}

function figureOf(cells: readonly SummaryCell[], comparisons: readonly Comparison[]): Figure {
  const { suite, scenario, runner, metric, unit, better } = cells[0] as SummaryCell;
  const podCells = cells.filter(({ path }) => path !== "host");
  const figureComparisons = comparisons.filter(
    (each) => each.suite === suite && each.scenario === scenario && each.metric === metric,
  );
  const questions = [...new Set(podCells.map(({ path }) => path))].map((path) => {
    const questionComparisons = figureComparisons.filter((comparison) => comparison.path === path);
    const pathCells = podCells.filter((cell) => cell.path === path);
    const plugins = pathCells.map(({ plugin }) => plugin);
    return { path, plugins, comparisons: questionComparisons, rankedCells: rankCells(pathCells, questionComparisons) };
  });
  const baseline = cells.find(({ path }) => path === "host") ?? null;
  return { suite, scenario, runner, metric, unit, better, baseline, questions };
}

function rankCells(cells: readonly SummaryCell[], comparisons: readonly Comparison[]): RankedCell[] {
  const order = [...cells].sort(byMedian);
  const reference = order.find(({ plugin }) => comparisons.some(({ a, b }) => a === plugin || b === plugin))?.plugin;
  const measured = cells.filter(({ state }) => state === "measured").length;
  return order.map((cell) => {
    const own = comparisons.map((comparison) => fromViewOf(cell.plugin, comparison)).filter((each) => each !== null);
    const isReference = cell.plugin === reference;
    const versusBest = own.find(({ b }) => b === reference) ?? null;
    return { cell, ranks: ranksFrom(own, measured), isReference, versusBest };
  });
}

/** @param measured number of measured plugins, compared or not */
function ranksFrom(own: readonly Comparison[], measured: number): Ranks | null {
  if (own.length === 0) return null;
  const count = (verdict: Comparison["verdict"]): number => own.filter((each) => each.verdict === verdict).length;
  return [1 + count("worse"), measured - count("better")];
}

function byMedian(x: SummaryCell, y: SummaryCell): number {
  if (x.median === null || y.median === null) return Number(x.median === null) - Number(y.median === null);
  return x.better === "higher" ? y.median - x.median : x.median - y.median;
}

/** Returns the plugins of a question with a property in plan order. */
export function pluginsOf({ plugins, rankedCells }: Question, has: (ranked: RankedCell) => boolean): string[] {
  return plugins.filter((plugin) => rankedCells.some((ranked) => ranked.cell.plugin === plugin && has(ranked)));
}

/** Returns the comparison with `plugin` as its a, inverted if necessary; null if it compares two other plugins. */
export function fromViewOf(plugin: string, comparison: Comparison): Comparison | null {
  if (comparison.a === plugin) return comparison;
  if (comparison.b !== plugin) return null;
  const { a, b, verdict, scale, estimate, ci95, ci90 } = comparison;
  const invert = (value: number): number => (scale === "ratio" ? 1 / value : -value);
  const invertInterval = (interval: Comparison["ci95"]): Comparison["ci95"] =>
    interval && [invert(interval[1]), invert(interval[0])];
  return {
    ...comparison,
    a: b,
    b: a,
    verdict: INVERSE[verdict],
    estimate: invert(estimate),
    ci95: invertInterval(ci95),
    ci90: invertInterval(ci90),
  };
}

const INVERSE = { better: "worse", worse: "better", equal: "equal", undecided: "undecided" } as const;
