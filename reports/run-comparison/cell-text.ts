/** The texts of a compared cell and of a comparison, which all formats share. External text is not escaped here. */
import type { ComparedCell, ComparedRun, RunComparison, UncomparedCell } from "../../results/index.ts";
import { formatCount, formatDifference, formatPercent, formatRatio, formatValue } from "../format.ts";
import type { ComparisonOptions } from "./comparison-format.ts";
import { verdictCounts } from "./outcome.ts";

/** Names a cell that was not compared, with the reason. */
export function uncomparedText({ cell, reason }: UncomparedCell): string {
  return `${cell.id}: ${reason}`;
}

/** `+10.8 %`, or a difference in the unit of the metric. */
export function changeText(cell: ComparedCell): string {
  return formatDifference(cell, cell.unit);
}

/** `+7.1 % to +14.6 %` */
export function intervalText({ ci95, scale, unit }: ComparedCell): string {
  if (ci95 === null) return "too few blocks";
  return ci95.map((estimate) => formatDifference({ scale, estimate }, unit)).join(" to ");
}

/** `44.1 ms → 48.9 ms` */
export function valuesText({ base, head, unit }: ComparedCell): string {
  return `${formatValue(base.value, unit)} → ${formatValue(head.value, unit)}`;
}

/** `equal`, or `undecided: busy machine` */
export function verdictText({ verdict, reason }: ComparedCell): string {
  return reason === undefined ? verdict : `${verdict}: ${reason}`;
}

/** Returns what the values of a cell were divided by before the sides were compared: `ratio to host 1.14 → 1.26`. */
export function referenceText({ reference, base, head }: ComparedCell): string {
  if (reference.kind === "none") return "raw values";
  const name = reference.kind === "baseline" ? "host" : reference.name;
  if (base.ratio === null || head.ratio === null) return `difference to ${name}`;
  return `ratio to ${name} ${formatRatio(base.ratio)} → ${formatRatio(head.ratio)}`;
}

/** Returns everything about a cell in one line, for formats without a table. */
export function cellSentence(cell: ComparedCell): string {
  const runs = `${cell.base.blocks} and ${cell.head.blocks} blocks`;
  const note = cell.reason === undefined ? "" : `; ${cell.reason}`;
  const interval = `95 % interval ${intervalText(cell)}`;
  return `${valuesText(cell)}, ${changeText(cell)} (${interval}; ${referenceText(cell)}; ${runs}${note})`;
}

/** `kernel: 6.1.0 → 6.2.0` */
export function factText({ fact, base, head }: RunComparison["facts"][number]): string {
  return `${fact}: ${base ?? "unknown"} → ${head ?? "unknown"}`;
}

/** Names a run; its ID starts with the time. */
export function runText({ id, cnibench, outcome }: ComparedRun): string {
  const state = outcome === "complete" ? "" : `, ${outcome ?? "not finished"}`;
  return `run ${id} (cnibench ${cnibench}${state})`;
}

/** Returns the warnings of the runs, each with its run. */
export function runWarnings({ base, head }: RunComparison): string[] {
  return [...base.runs, ...head.runs].flatMap(({ id, warnings }) =>
    warnings.map(({ code, message }) => `run ${id}: ${code}: ${message}`),
  );
}

const SUSPECT_NOTE =
  'a suspect fails a build only with --fail-on suspect; "cnibench run --confirm BASE" measures it again';
const FALSE_ALARM_NOTE =
  "a cell that has not changed is confirmed with a probability of at most 2.5 %; see docs/method.md, The gate";

/** Returns how far the numbers can be trusted. Contains no external text. */
export function notesOf(comparison: RunComparison, { gate }: Pick<ComparisonOptions, "gate"> = {}): string[] {
  const { cells, threshold } = comparison;
  const count = (reason: ComparedCell["reason"]): number => cells.filter((cell) => cell.reason === reason).length;
  const [unknown, busy] = [count("between-run variation unknown"), count("busy machine")];
  const unknownNote =
    `between-run variation unknown for ${formatCount(unknown, "cell")}, which cannot fail a build by themselves; ` +
    'compare several runs per side, or run "cnibench doctor --calibrate --runs 5" before the runs';
  const isSame = count("same runs") > 0;
  return [
    `${verdictCounts(comparison)}; a change counts from ${formatPercent(threshold.ratio - 1)}`,
    // The rates do not hold if a source of variation is unknown.
    ...(unknown > 0 ? [unknownNote] : isSame ? [] : errorRates(comparison)),
    ...(gate !== undefined ? [FALSE_ALARM_NOTE] : cells.some(isUnconfirmed) ? [SUSPECT_NOTE] : []),
    ...(busy > 0 ? [`${formatCount(busy, "cell")} undecided because the machine was busy; repeat the runs`] : []),
  ];
}

function isUnconfirmed({ state }: ComparedCell): boolean {
  return state === "unconfirmed";
}

function errorRates({ errorControl: { headlines, exploratory } }: RunComparison): string[] {
  const [rate, share] = [formatPercent(headlines.errorRate), formatPercent(exploratory.falseDiscoveryRate)];
  const headlineCells = formatCount(headlines.compared, "headline cell");
  const exploratoryCells = formatCount(exploratory.compared, "exploratory cell");
  return [
    ...(headlines.compared > 0 ? [`${headlineCells}: at most ${rate} chance of any false difference`] : []),
    ...(exploratory.compared > 0
      ? [`${exploratoryCells}: at most ${share} of the differences are expected to be false`]
      : []),
  ];
}
