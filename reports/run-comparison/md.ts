/** A comparison for a pull request comment: the answer first, details collapsed, within the length limit. */
import { groupBy } from "../../core/group.ts";
import type { ComparedCell, RunComparison, UncomparedCell } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { bulletList, collapsedList, details, escapeText, joinWithinLimit, table } from "../markdown.ts";
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
/** Characters of an external text. */
const MAX_TEXT_LENGTH = 160;

export const comparisonMarkdown: ComparisonFormat = (comparison, options) => {
  const groups = cellGroups(comparison);
  const broken = brokenCells(comparison);
  const isShown = ({ kind }: CellGroup): boolean => ["confirmed", "suspect", "improvement"].includes(kind);
  const { uncompared, facts, known } = comparison;
  const parts = [
    heading(comparison),
    facts.length === 0 ? "" : `The sides differ:\n\n${bulletList(facts.map((fact) => external(factText(fact).en)))}`,
    broken.length === 0 ? "" : `### ${BROKEN_TITLE.en}\n\n${shownList(broken)}`,
    ...groups.filter(isShown).map(shownGroup),
    bulletList([...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => external(en))),
    ...collapsedList("Runs", runLines(comparison)),
    ...collapsedList(
      "Known changes",
      known.map(({ entry, state }) => external(`${entry.cell}: ${entry.reason} (until ${entry.expires}; ${state})`)),
    ),
    ...groups.filter((group) => !isShown(group)).flatMap(collapsedGroups),
    ...collapsedList(
      "Cells that were not compared",
      uncompared.filter((each) => !broken.includes(each)).map(uncomparedLine),
    ),
  ];
  return joinWithinLimit(parts.filter((part) => part !== ""));
};

/** The heading has no external text, so that it always fits. */
function heading(comparison: RunComparison): string {
  const sentence = verdictSentence(comparison).en;
  const answer = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  return `${COMMENT_MARKER}\n## CNI plugin comparison\n\n**${answer}**\n`;
}

function shownGroup({ title, cells }: CellGroup): string {
  return `### ${title.en}\n\n${cellTable(cells.slice(0, MAX_ROWS))}${omittedNote(cells.length)}`;
}

function shownList(broken: readonly UncomparedCell[]): string {
  return `${bulletList(broken.slice(0, MAX_ROWS).map(uncomparedLine))}${omittedNote(broken.length)}`;
}

function omittedNote(cells: number): string {
  return cells > MAX_ROWS ? `\n${formatCount(cells - MAX_ROWS, "more cell")} omitted; see another format.\n` : "";
}

/** The ID and the reason are shortened separately, so that a long ID does not hide the reason. */
function uncomparedLine({ cell, reason }: UncomparedCell): string {
  return `${external(cell.id)}: ${external(reason)}`;
}

/** One section per scenario, so that as many as possible fit. */
function collapsedGroups({ title, cells }: CellGroup): string[] {
  const scenarios = groupBy(cells, ({ suite, scenario }) => `${suite} / ${scenario}`);
  return [...scenarios].map(([name, ofScenario]) =>
    details(`${title.en}: ${shortened(name)} (${ofScenario.length})`, cellTable(ofScenario)),
  );
}

function cellTable(cells: readonly ComparedCell[]): string {
  const rows = cells.map((cell) => [
    `${external(cell.id)}${cell.family === "headline" ? " (headline)" : ""}`,
    escapeText(valuesText(cell)),
    escapeText(changeText(cell)),
    escapeText(intervalText(cell).en),
    external(`${verdictText(cell).en} (${referenceText(cell).en})`),
  ]);
  return table(["Cell", "Median", "Change", "95 % interval", "Verdict"], rows);
}

function runLines({ base, head }: RunComparison): string[] {
  return [base, head].flatMap(({ runs, plugins }, index) =>
    runs.map((run) => external(`${index === 0 ? "base" : "head"}: ${plugins.join(", ")}; ${runText(run).en}`)),
  );
}

function external(text: string): string {
  return escapeText(shortened(text));
}

function shortened(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
