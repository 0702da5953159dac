/** A comparison for a pull request comment: the answer first, details collapsed, within the length limit. */
import { groupBy } from "../../core/group.ts";
import type { ComparedCell, ComparedClause, RunComparison } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { clip } from "../short-names.ts";
import { collapsed, collapsedList, comment, type CommentPart, essential } from "../comment.ts";
import { bulletList, codeBlock, escapeText, shortText, tableHead, tableRow } from "../markdown.ts";
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
import { type ClauseGroup, clauseGroups, isShownGroup } from "./clause-groups.ts";
import { clauseSentence, statusText } from "./clause-text.ts";
import { knownText } from "./known-text.ts";
import {
  BROKEN_TITLE,
  brokenCells,
  cellGroups,
  type CellGroup,
  idOfUncompared,
  otherUncompared,
  type Uncompared,
} from "./outcome.ts";
import { verdictSentence } from "./verdict-sentence.ts";

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
  const { facts, known } = comparison;
  const clauses = clauseGroups(comparison);
  const shown = [
    heading(comparison),
    facts.length === 0 ? "" : `The sides differ:\n\n${bulletList(facts.map((fact) => shortText(factText(fact).en)))}`,
    broken.length === 0 ? "" : `### ${BROKEN_TITLE.en}\n\n${shownList(broken)}`,
    ...clauses.filter(isShownGroup).map(shownClauses),
    ...groups.filter(isShown).map(shownGroup),
    bulletList([...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => shortText(en))),
  ];
  return comment([
    ...shown.filter((part) => part !== "").map((part) => essential("sections", part)),
    ...clauses.filter(isShownGroup).flatMap((group) => group.clauses.slice(0, MAX_ROWS).flatMap(proofOf)),
    ...collapsedList("Runs", "runs", runLines(comparison)),
    ...collapsedList(
      "Known changes",
      "known changes",
      known.map((each) => shortText(knownText(each))),
    ),
    ...clauses
      .filter((group) => !isShownGroup(group))
      .flatMap(({ title, clauses: ofGroup }) => collapsedList(title.en, "clauses", ofGroup.map(clauseItem))),
    ...groups.filter((group) => !isShown(group)).flatMap(collapsedGroups),
    ...collapsedList(
      "Cells and checks that were not compared",
      "cells and checks that were not compared",
      otherUncompared(comparison).map(uncomparedLine),
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

/** Lists clauses. Evidence and commands have sections of their own, because they can be long. */
function shownClauses({ title, clauses }: ClauseGroup): string {
  const shown = clauses.slice(0, MAX_ROWS);
  const omitted = clauses.length - shown.length;
  const note = omitted > 0 ? `\n${formatCount(omitted, "more clause")} omitted; see another format.\n` : "";
  return `### ${title.en}\n\n${bulletList(shown.map(clauseItem))}${note}`;
}

function clauseItem(clause: ComparedClause): string {
  return `${shortText(clause.id)} (${shortText(clauseSentence(clause))})`;
}

/** Returns evidence and commands, collapsed; nothing for a clause without them. */
function proofOf(clause: ComparedClause): CommentPart[] {
  const { id, evidence = [], reproduce, message } = clause;
  const blocks = [
    ...(evidence.length > 0 ? [evidence.join("\n")] : []),
    ...(reproduce === undefined ? [] : [reproduce]),
  ];
  if (blocks.length === 0) return [];
  const body = [`${escapeText(message)}\n`, ...blocks.map(codeBlock)].join("\n");
  return collapsed(`${clip(id, MAX_NAME_LENGTH)}: ${statusText(clause).en}`, "failing clauses", [body]);
}

function shownList(broken: readonly Uncompared[]): string {
  return `${bulletList(broken.slice(0, MAX_ROWS).map(uncomparedLine))}${omittedNote(broken.length)}`;
}

function omittedNote(cells: number): string {
  return cells > MAX_ROWS ? `\n${formatCount(cells - MAX_ROWS, "more cell")} omitted; see another format.\n` : "";
}

/** The ID and the reason are shortened separately, so that a long ID does not hide the reason. */
function uncomparedLine(each: Uncompared): string {
  return `${shortText(idOfUncompared(each))}: ${shortText(each.reason)}`;
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
