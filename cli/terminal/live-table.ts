/** Formats a run in progress as lines for a terminal. Pure. */
import { groupBy } from "../../core/group.ts";
import {
  columns,
  displayWidth,
  formatCount,
  formatNumber,
  padEnd,
  type Scale,
  scaleFor,
  shorten,
} from "../../reports/index.ts";
import type { TerminalSize } from "./live-area.ts";
import type { LiveCell, LiveRow } from "./live-results.ts";

/** A run in progress. */
export interface LiveView {
  /** Position in the run, time left and the current activity. */
  readonly status: string;
  /** The last result, which need not be part of a row; "": none. */
  readonly last: string;
  readonly rows: readonly LiveRow[];
  /** Index of the row to show if not all of them fit. */
  readonly focus: number;
}

const HEADER = ["plugin", "last", "median", "95 % interval", "n"];
/** Columns of the terminal. */
const MAX_PLUGIN_WIDTH = 24;
const MIN_QUESTION_WIDTH = 12;

/** Returns at most one line less than the terminal has rows: the cursor is in the last one. */
export function liveLines({ status, last, rows, focus }: LiveView, size: TerminalSize): string[] {
  const head = last === "" ? [status] : [status, `last: ${last}`];
  return [...head, ...table(rows, focus, size.rows - 1 - head.length, size.columns)].slice(
    0,
    Math.max(1, size.rows - 1),
  );
}

/** @param space number of lines */
function table(rows: readonly LiveRow[], focus: number, space: number, width: number): string[] {
  const fits = rows.length < space;
  const count = fits ? rows.length : space - 2; // without the header and the note
  if (rows.length === 0 || count < 1) return [];
  const start = Math.max(0, Math.min(focus - Math.floor(count / 2), rows.length - count));
  const note = fits ? [] : [`not shown on this small terminal: ${formatCount(rows.length - count, "row")}`];
  return [...tableLines(rows.slice(start, start + count), width), ...note];
}

/**
 * Returns the header and a line per row. The first row of a question names it, shortened on a narrow terminal, and the
 * second row has its unit.
 */
function tableLines(rows: readonly LiveRow[], width: number): string[] {
  const groups = [...groupBy(rows, ({ question }) => question).values()].map((group) => ({
    group,
    scale: scaleOf(group),
  }));
  const labels = groups.flatMap(({ group, scale }) => labelsOf(group, scale));
  const cells = groups.flatMap(({ group, scale }) => group.map(({ cell }) => valuesOf(cell, scale)));
  const values = columns([HEADER, ...cells])
    .trimEnd()
    .split("\n");
  const widest = Math.max(...values.map(displayWidth));
  const longest = Math.max(...labels.map(displayWidth));
  const room = Math.min(longest, Math.max(MIN_QUESTION_WIDTH, width - widest - 3));
  return ["", ...labels].map((label, i) => `${padEnd(shorten(label, room), room)}  ${values[i] ?? ""}`);
}

/** Returns the scale of all values of a question, so that they can be compared down a column. */
function scaleOf(group: readonly LiveRow[]): Scale {
  const values = group.map(({ cell: { median, last } }) => median ?? last ?? 0);
  return scaleFor(group[0]?.cell.planned.unit ?? "", values);
}

function labelsOf(group: readonly LiveRow[], { unit }: Scale): string[] {
  const question = group[0]?.question ?? "";
  const labels = group.length > 1 ? [question, `  ${unit}`] : [`${question} ${unit}`];
  return group.map((_, i) => labels[i]?.trimEnd() ?? "");
}

function valuesOf({ planned, problem, last, median, interval, blocks }: LiveCell, scale: Scale): string[] {
  const plugin = shorten(planned.plugin, MAX_PLUGIN_WIDTH);
  if (problem !== null || last === null) return [plugin, problem ?? "", "", "", ""];
  const format = (value: number): string => formatNumber(value, scale, interval);
  if (median === null) return [plugin, format(last), "", "", ""];
  const range = interval === null ? "too few blocks" : `[${format(interval[0])}, ${format(interval[1])}]`;
  return [plugin, format(last), format(median), range, String(blocks)];
}
