/** A comparison as text for a terminal: the answer first, then what differs, the changes, and how far to trust them. */
import { printable } from "../../core/errors.ts";
import type { ComparedCell, RunComparison } from "../../results/index.ts";
import { columns } from "../columns.ts";
import { formatCount } from "../format.ts";
import {
  changeText,
  factText,
  intervalText,
  referenceText,
  runText,
  runWarnings,
  uncomparedText,
  valuesText,
  verdictText,
} from "./cell-text.ts";
import type { ComparisonFormat } from "./comparison-format.ts";
import { notesOf } from "./notes.ts";
import { BROKEN_TITLE, brokenCells, cellGroups, type CellGroup, verdictParts } from "./outcome.ts";

/** Width of a terminal. */
const MAX_COLUMNS = 80;
/** Longer lines, such as the output of a failed plugin, are cut; json has all of them. */
const MAX_LINE_LENGTH = 300;
/** Cells and facts of a list without `--all`. */
const MAX_LISTED = 12;

interface ListLimit {
  /** Cells and facts of a list. */
  readonly limit: number;
  /** How to list the omitted ones. */
  readonly allCells: string;
}

export const comparisonText: ComparisonFormat = (comparison, options) => {
  const { all } = options;
  const listed: ListLimit = {
    limit: all ? Infinity : MAX_LISTED,
    allCells: options.gate?.allCells ?? "list them with --all",
  };
  const { facts, uncompared, base, head } = comparison;
  const broken = brokenCells(comparison);
  const others = uncompared.filter((each) => !broken.includes(each));
  const groups = cellGroups(comparison);
  const changed = groups.filter(({ kind }) => kind !== "other");
  const unchanged = groups.filter(({ kind }) => kind === "other").flatMap(({ cells }) => cells);
  const parts = [
    verdictParts(comparison)
      .map(({ en }) => wrapped(en))
      .join(""),
    sideLines("base", base) + sideLines("head", head),
    list(
      "The sides differ",
      facts.map((fact) => factText(fact).en),
      listed,
    ),
    list(BROKEN_TITLE.en, broken.map(uncomparedText), listed),
    ...changed.map((group) => groupText(group, listed)),
    ...(all && unchanged.length > 0
      ? [`No change beyond the threshold (${unchanged.length}):\n${tableOf(unchanged)}`]
      : []),
    list("Not compared", all ? others.map(uncomparedText) : [], listed),
    [...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => wrapped(en)).join(""),
    all ? "" : omittedNote(unchanged.length, others.length, listed),
  ];
  return printable(parts.filter((part) => part !== "").join("\n"));
};

function sideLines(name: string, { runs, plugins }: RunComparison["base"]): string {
  return runs.map((run) => `${name}  ${oneLine(`${plugins.join(", ")}: ${runText(run).en}`)}\n`).join("");
}

function list(title: string, items: readonly string[], { limit, allCells }: ListLimit): string {
  if (items.length === 0) return "";
  const lines = items.slice(0, limit).map((item) => `  ${oneLine(item)}\n`);
  return `${title} (${items.length}):\n${lines.join("")}${moreNote(items.length - limit, allCells)}`;
}

function groupText({ title, cells }: CellGroup, { limit, allCells }: ListLimit): string {
  const shown = cells
    .slice(0, limit)
    .map((cell) => ({ cell, change: `${changeText(cell)} (${intervalText(cell).en})` }));
  const width = Math.max(...shown.map(({ change }) => change.length));
  const paragraphs = shown.map(({ cell, change }) => {
    const headline = cell.family === "headline" ? " (headline)" : "";
    const values = `${valuesText(cell)}; ${referenceText(cell).en}`;
    const details = [values, ...(cell.reason === undefined ? [] : [cell.reason])];
    const lines = details.map((detail) => `      ${oneLine(detail)}\n`);
    return `  ${change.padEnd(width)}  ${oneLine(cell.id)}${headline}\n${lines.join("")}`;
  });
  return `${title.en} (${cells.length}):\n${paragraphs.join("")}${moreNote(cells.length - limit, allCells)}`;
}

function tableOf(cells: readonly ComparedCell[]): string {
  return columns(
    cells.map((cell) => ["", changeText(cell), intervalText(cell).en, verdictText(cell).en, oneLine(cell.id)]),
  );
}

function moreNote(omitted: number, allCells: string): string {
  return omitted > 0 ? `  and ${omitted} more; ${allCells}\n` : "";
}

function omittedNote(unchanged: number, uncompared: number, { allCells }: ListLimit): string {
  const counts = [
    ...(unchanged > 0 ? [`${formatCount(unchanged, "cell")} without a change`] : []),
    ...(uncompared > 0 ? [`${formatCount(uncompared, "cell")} that could not be compared`] : []),
  ];
  return counts.length === 0 ? "" : `not listed: ${counts.join(" and ")}; ${allCells}\n`;
}

/** Breaks a sentence into lines, not before a percent sign; further ones are indented. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of oneLine(text).split(/ (?!%)/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= MAX_COLUMNS) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `  ${word}`);
  }
  return `${lines.join("\n")}\n`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
}
