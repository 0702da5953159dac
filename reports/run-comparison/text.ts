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
  valuesText,
  verdictText,
} from "./cell-text.ts";
import { type ClauseGroup, clauseGroups, isShownGroup } from "./clause-groups.ts";
import { observationText, statusText } from "./clause-text.ts";
import type { ComparisonFormat } from "./comparison-format.ts";
import { notesOf } from "./notes.ts";
import { BROKEN_TITLE, brokenCells, cellGroups, type CellGroup, otherUncompared, uncomparedText } from "./outcome.ts";
import { verdictParts } from "./verdict-sentence.ts";

/** Width of a terminal. */
const MAX_COLUMNS = 80;
/** Longer lines, such as the output of a failed plugin, are cut; json has all of them. */
const MAX_LINE_LENGTH = 300;
/** Cells and facts of a list without `--all`. */
const MAX_LISTED = 12;
/** Lines of evidence, and of the commands that reproduce a failing clause; json has all of them. */
const MAX_PROOF_LINES = 12;

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
  const { facts, base, head } = comparison;
  const broken = brokenCells(comparison);
  const others = otherUncompared(comparison);
  const clauses = clauseGroups(comparison);
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
    ...clauses.filter((group) => all || isShownGroup(group)).map((group) => clausesText(group, listed)),
    ...changed.map((group) => groupText(group, listed)),
    ...(all && unchanged.length > 0
      ? [`No change beyond the threshold (${unchanged.length}):\n${tableOf(unchanged)}`]
      : []),
    list("Not compared", all ? others.map(uncomparedText) : [], listed),
    [...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => wrapped(en)).join(""),
    all ? "" : omittedNote(comparison, listed),
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

/** Lists clauses; those that are worse with their evidence and the commands that reproduce them. */
function clausesText({ title, kind, clauses }: ClauseGroup, { limit, allCells }: ListLimit): string {
  const hasProof = kind === "confirmed" || kind === "suspect" || kind === "failing" || kind === "deviation";
  const paragraphs = clauses.slice(0, limit).map((clause) => {
    const { id, level, evidence = [], reproduce } = clause;
    const proof = [
      ...evidence.slice(0, MAX_PROOF_LINES).map(oneLine),
      ...(reproduce === undefined ? [] : commandLines(reproduce)),
    ];
    const lines = [oneLine(observationText(clause)), ...(hasProof ? proof : [])].map((line) => `      ${line}\n`);
    return `  ${oneLine(id)} (${level}): ${statusText(clause).en}\n${lines.join("")}`;
  });
  return `${title.en} (${clauses.length}):\n${paragraphs.join("")}${moreNote(clauses.length - limit, allCells)}`;
}

/** Commands are complete, because a part of them does something else. */
function commandLines(reproduce: string): string[] {
  const lines = reproduce.trimEnd().split("\n");
  return ["reproduce with:", ...(lines.length > MAX_PROOF_LINES ? ["the commands of --format json"] : lines)];
}

function tableOf(cells: readonly ComparedCell[]): string {
  return columns(
    cells.map((cell) => ["", changeText(cell), intervalText(cell).en, verdictText(cell).en, oneLine(cell.id)]),
  );
}

function moreNote(omitted: number, allCells: string): string {
  return omitted > 0 ? `  and ${omitted} more; ${allCells}\n` : "";
}

function omittedNote(comparison: RunComparison, { allCells }: ListLimit): string {
  const unchanged = cellGroups(comparison).find(({ kind }) => kind === "other")?.cells.length ?? 0;
  const clauses = clauseGroups(comparison).flatMap((group) => (isShownGroup(group) ? [] : group.clauses)).length;
  const others = otherUncompared(comparison);
  const checks = others.filter((each) => "check" in each).length;
  const cells = others.length - checks;
  const counts = [
    ...(clauses > 0 ? [`${formatCount(clauses, "clause")} with another change`] : []),
    ...(unchanged > 0 ? [`${formatCount(unchanged, "cell")} without a change`] : []),
    ...(cells > 0 ? [`${formatCount(cells, "cell")} that could not be compared`] : []),
    ...(checks > 0 ? [`${formatCount(checks, "conformance check")} that could not be compared`] : []),
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
