/** The texts of compared cells, facts and runs, which all formats share. External text is not escaped here. */
import type { ComparedCell, ComparedRun, RunComparison, UncomparedCell } from "../../results/index.ts";
import { formatDifference, formatRatio, formatValue } from "../format.ts";

/** Names a cell that was not compared, with the reason. */
export function uncomparedText({ cell, reason }: UncomparedCell): string {
  return `${cell.id}: ${reason}`;
}

/** `+10.8 %`, or a difference in the unit of the metric. */
export function changeText(cell: ComparedCell): string {
  return formatDifference(cell, cell.unit);
}

/** `+7.1 % to +14.6 %`, or only the useful bound: `at least +7.1 %` */
export function intervalText({ ci95, scale, unit, estimate }: ComparedCell): string {
  if (ci95 === null) return "too few blocks";
  const [low, high] = ci95.map((bound) => formatDifference({ scale, estimate: bound }, unit)) as [string, string];
  const [isLow, isHigh] = ci95.map((bound) => scale === "difference" || isUseful(bound / estimate));
  if (isLow === true && isHigh === true) return `${low} to ${high}`;
  if (isLow === true) return `at least ${low}`;
  return isHigh === true ? `at most ${high}` : `wider than a factor of ${MAX_FACTOR}`;
}

/** A limit of more than this ratio says no more than that nothing is known. */
export const MAX_FACTOR = 10;

/** Reports whether a ratio is at most that factor, in either direction. */
export function isUseful(ratio: number): boolean {
  return Math.max(ratio, 1 / ratio) <= MAX_FACTOR;
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
