/** A comparison for a pull request comment: the answer first, details collapsed, within the length limit. */
import { groupBy } from "../../core/group.ts";
import type { ComparedCell, RunComparison, UncomparedCell } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { clip } from "../short-names.ts";
import { collapsed, collapsedList, comment, type CommentPart, essential } from "../comment.ts";
import { bulletList, escapeText, shortText, tableHead, tableRow } from "../markdown.ts";
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
import type { ComparisonFormat } from "./comparison-format.ts";
import { notesOf } from "./notes.ts";
import { BROKEN_TITLE, brokenCells, cellGroups, type CellGroup, verdictSentence } from "./outcome.ts";

/** The first line, by which a workflow finds its comment, so that it edits it instead of adding another one. */
export const COMMENT_MARKER = "<!-- cnibench-compare -->";

/** Rows of a table that is not collapsed. */
const MAX_ROWS = 30;
/** Characters of the name of a scenario. */
const MAX_NAME_LENGTH = 160;

export const comparisonMarkdown: ComparisonFormat = (comparison, options) => {
  const groups = cellGroups(comparison);
  const broken = brokenCells(comparison);
  const isShown = ({ kind }: CellGroup): boolean => ["confirmed", "suspect", "improvement"].includes(kind);
  const { uncompared, facts, known } = comparison;
  const shown = [
    heading(comparison),
    facts.length === 0 ? "" : `The sides differ:\n\n${bulletList(facts.map((fact) => shortText(factText(fact).en)))}`,
    broken.length === 0 ? "" : `### ${BROKEN_TITLE.en}\n\n${shownList(broken)}`,
    ...groups.filter(isShown).map(shownGroup),
    bulletList([...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => shortText(en))),
  ];
  return comment([
    ...shown.filter((part) => part !== "").map((part) => essential("sections", part)),
    ...collapsedList("Runs", "runs", runLines(comparison)),
    ...collapsedList(
      "Known changes",
      "known changes",
      known.map(({ entry, state }) => shortText(`${entry.cell}: ${entry.reason} (until ${entry.expires}; ${state})`)),
    ),
    ...groups.filter((group) => !isShown(group)).flatMap(collapsedGroups),
    ...collapsedList(
      "Cells that were not compared",
      "cells that were not compared",
      uncompared.filter((each) => !broken.includes(each)).map(uncomparedLine),
    ),
  ]);
};

/** The heading has no external text, so that it always fits. */
function heading(comparison: RunComparison): string {
  const sentence = verdictSentence(comparison).en;
  const answer = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  return `${COMMENT_MARKER}\n## CNI plugin comparison\n\n**${answer}**\n`;
}

function shownGroup({ title, cells }: CellGroup): string {
  const rows = cells.slice(0, MAX_ROWS).map(cellRow).join("");
  return `### ${title.en}\n\n${tableHead(COLUMNS)}${rows}${omittedNote(cells.length)}`;
}

function shownList(broken: readonly UncomparedCell[]): string {
  return `${bulletList(broken.slice(0, MAX_ROWS).map(uncomparedLine))}${omittedNote(broken.length)}`;
}

function omittedNote(cells: number): string {
  return cells > MAX_ROWS ? `\n${formatCount(cells - MAX_ROWS, "more cell")} omitted; see another format.\n` : "";
}

/** The ID and the reason are shortened separately, so that a long ID does not hide the reason. */
function uncomparedLine({ cell, reason }: UncomparedCell): string {
  return `${shortText(cell.id)}: ${shortText(reason)}`;
}

/** One section per scenario. */
function collapsedGroups({ title, cells }: CellGroup): CommentPart[] {
  const scenarios = groupBy(cells, ({ suite, scenario }) => `${suite} / ${scenario}`);
  return [...scenarios].flatMap(([name, ofScenario]) =>
    collapsed(
      `${title.en}: ${clip(name, MAX_NAME_LENGTH)}`,
      "compared cells",
      ofScenario.map(cellRow),
      tableHead(COLUMNS),
    ),
  );
}

const COLUMNS = ["Cell", "Median", "Change", "95 % interval", "Verdict"];

function cellRow(cell: ComparedCell): string {
  return tableRow([
    `${shortText(cell.id)}${cell.family === "headline" ? " (headline)" : ""}`,
    escapeText(valuesText(cell)),
    escapeText(changeText(cell)),
    escapeText(intervalText(cell).en),
    shortText(`${verdictText(cell).en} (${referenceText(cell).en})`),
  ]);
}

function runLines({ base, head }: RunComparison): string[] {
  return [base, head].flatMap(({ runs, plugins }, index) =>
    runs.map((run) => shortText(`${index === 0 ? "base" : "head"}: ${plugins.join(", ")}; ${runText(run).en}`)),
  );
}
