/** Compares two plugins of one run, which are paired by blocks, with the numbers of its report. Pure. */
import { printable, UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text.ts";
import { questionId } from "../comparisons.ts";
import type { PairVerdict } from "../inference/verdict.ts";
import type { LoadedRun } from "../load-run.ts";
import { cellId } from "../record.ts";
import { RecordList } from "../record-list.ts";
import { summarize } from "../summarize.ts";
import type { Comparison, Summary, SummaryCell } from "../summary.ts";
import { compareClauses } from "./compare-clauses.ts";
import { requireRealNodes } from "./differing-facts.ts";
import { comparedRun } from "./compared-run.ts";
import { errorControlOf } from "./error-control.ts";
import { COMPARISON_VERSION, type ComparedCell, type RunComparison } from "./run-comparison.ts";
import type { SideValue, Threshold, UncomparedCell } from "./run-comparison.ts";
import { changeOf, detectableChange, thresholdOf } from "./threshold.ts";

/** Two plugins by their names in the run. */
export interface PluginPair {
  readonly base: string;
  readonly head: string;
}

/** @param threshold smallest ratio that counts as a change, above 1 @throws UsageError for a plugin not in the run */
export function comparePlugins(loaded: LoadedRun, plugins: PluginPair, threshold: number): RunComparison {
  const { run, records, loadWarnings } = loaded;
  requirePlugins(run.plan.plugins, plugins);
  requireRealNodes([run]);
  const limits = thresholdOf(threshold);
  const { cells, uncompared } = compareCells(summarize(run, records, loadWarnings), plugins, limits);
  const checked = [{ run, checks: RecordList.of(records).checks }];
  const side = (plugin: string): RunComparison["base"] => ({ runs: [comparedRun(loaded)], plugins: [plugin] });
  return {
    ...{ schemaVersion: COMPARISON_VERSION, design: "paired" },
    base: side(plugins.base),
    head: side(plugins.head),
    facts: [],
    threshold: limits,
    errorControl: errorControlOf(cells),
    ...{ cells, uncompared, known: [] },
    ...compareClauses({ base: checked, head: checked, plugins: new Map([[plugins.base, plugins.head]]) }),
  };
}

function requirePlugins(known: readonly string[], { base, head }: PluginPair): void {
  if (base === head) throw new UsageError(`base and head are both ${printable(base)}; name two plugins of the run`);
  const missing = [base, head].find((name) => !known.includes(name));
  if (missing === undefined) return;
  const hint = didYouMean(missing, known);
  throw new UsageError(`the run has no plugin ${printable(missing)}${hint}; it has ${printable(known.join(", "))}`);
}

function compareCells(summary: Summary, plugins: PluginPair, limits: Threshold) {
  const byId = new Map(summary.cells.map((cell) => [cell.id, cell]));
  const comparisons = new Map(summary.comparisons.flatMap((each) => oriented(each, plugins)));
  const cells: ComparedCell[] = [];
  const uncompared: UncomparedCell[] = [];
  for (const base of summary.cells.filter((cell) => cell.plugin === plugins.base && cell.better !== "none")) {
    const head = byId.get(cellId({ ...base, plugin: plugins.head }));
    if (head === undefined) continue;
    const comparison = comparisons.get(questionId(base));
    if (comparison === undefined) uncompared.push(uncomparedCell(base, head));
    else cells.push(comparedCell(comparison, base, head, limits));
  }
  return { cells, uncompared };
}

/** Returns the comparison of head with base, by question; an empty list for other pairs. */
function oriented(comparison: Comparison, { base, head }: PluginPair): [string, Comparison][] {
  const { a, b, scale, estimate, ci95, ci90, verdict } = comparison;
  if (a === head && b === base) return [[questionId(comparison), comparison]];
  if (a !== base || b !== head) return [];
  const inverse = (value: number): number => (scale === "ratio" ? 1 / value : -value);
  const inverted = (bounds: typeof ci95): typeof ci95 => bounds && [inverse(bounds[1]), inverse(bounds[0])];
  const opposite = {
    ...{ a: b, b: a, estimate: inverse(estimate), verdict: OPPOSITE[verdict] },
    ...{ ci95: inverted(ci95), ci90: inverted(ci90) },
  };
  return [[questionId(comparison), { ...comparison, ...opposite }]];
}

const OPPOSITE: Readonly<Record<PairVerdict, PairVerdict>> = {
  better: "worse",
  worse: "better",
  equal: "equal",
  undecided: "undecided",
};

function comparedCell(
  comparison: Comparison,
  baseCell: SummaryCell,
  headCell: SummaryCell,
  limits: Threshold,
): ComparedCell {
  const { suite, scenario, path, metric, family, verdict, reason, scale, estimate } = comparison;
  const { ci95, ci90, p, pAdjusted, level, detectable } = comparison;
  const [base, head] = [sideValue(baseCell), sideValue(headCell)];
  const isRatio = scale === "ratio";
  const difference = isRatio ? Math.log(estimate) : estimate;
  const judged = { metric, scale, difference, base: base.value, head: head.value, verdict };
  const change =
    detectable === null ? null : detectableChange(isRatio ? Math.log(detectable) : detectable, judged, limits);
  return {
    ...{ id: headCell.id, suite, scenario, path, metric, plugin: { base: baseCell.plugin, head: headCell.plugin } },
    ...{ unit: headCell.unit, better: headCell.better, family, reference: { kind: "none" }, base, head },
    ...{ scale, estimate, ci95, ci90, p, pAdjusted, level, verdict },
    ...(reason !== undefined ? { reason: "busy machine" } : ci95 === null && { reason: "too few blocks" }),
    betweenRuns: null,
    detectable: change !== null && isRatio ? Math.exp(change) : change,
    change: changeOf(judged, limits),
  };
}

function sideValue({ n, median }: SummaryCell): SideValue {
  return { runs: 1, blocks: n, value: median as number, ratio: null };
}

function uncomparedCell(base: SummaryCell, head: SummaryCell): UncomparedCell {
  const { suite, scenario, path, metric } = base;
  const why = (side: "base" | "head", { state, error, reason }: SummaryCell): string[] =>
    state === "measured" ? [] : [`${state} in ${side}: ${error ?? reason ?? "unknown"}`];
  const [reason = "no block was measured with both plugins in one session"] = [
    ...why("base", base),
    ...why("head", head),
  ];
  const plugin = { base: base.plugin, head: head.plugin };
  return { cell: { id: head.id, suite, scenario, path, metric, plugin }, base: base.state, head: head.state, reason };
}
