/**
 * A comparison as workflow commands of GitHub Actions, which become annotations of a pull request.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
import { printable } from "../../core/errors.ts";
import { type ComparedCell, type RunComparison } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { cellSentence, factText } from "./cell-text.ts";
import type { ComparisonFormat } from "./comparison-format.ts";
import { cellGroups, failingCells, verdictSentence } from "./outcome.ts";

/** GitHub shows 10 annotations of each level per step. The last one counts the others. */
const MAX_ANNOTATIONS = 10;
/** GitHub cuts longer messages. */
const MAX_MESSAGE_LENGTH = 4000;

type Level = "error" | "warning" | "notice";

/** Cells that fail the build are errors, other regressions warnings; the first annotation is the answer. */
export const comparisonAnnotations: ComparisonFormat = (comparison, { failOn }) => {
  const failing = failingCells(comparison, failOn);
  const regressions = cellGroups(comparison)
    .filter(({ kind }) => kind === "confirmed" || kind === "suspect")
    .flatMap(({ cells }) => cells);
  const others = regressions.filter((cell) => !failing.includes(cell));
  return [
    annotation("notice", "cnibench compare", answerOf(comparison)),
    ...annotations("error", "performance regression", failing),
    ...annotations("warning", "suspected regression", others),
  ].join("");
};

function answerOf(comparison: RunComparison): string {
  const facts = comparison.facts.map(factText).join("; ");
  return `${verdictSentence(comparison)}${facts === "" ? "" : `. The sides differ: ${facts}`}`;
}

function annotations(level: Exclude<Level, "notice">, title: string, cells: readonly ComparedCell[]): string[] {
  const shown = cells.length > MAX_ANNOTATIONS ? cells.slice(0, MAX_ANNOTATIONS - 1) : cells;
  const omitted = cells.length - shown.length;
  return [
    ...shown.map((cell) => annotation(level, title, `${cell.id}: ${cellSentence(cell)}`)),
    ...(omitted === 0 ? [] : [annotation(level, title, `${formatCount(omitted, "more cell")}; see another format`)]),
  ];
}

function annotation(level: Level, title: string, message: string): string {
  return `::${level} title=${title}::${escapeMessage(message)}\n`;
}

/** Escapes a message: a percent sign, and line breaks, which would end the command and could start another one. */
function escapeMessage(text: string): string {
  return printable(text).slice(0, MAX_MESSAGE_LENGTH).replaceAll("%", "%25").replaceAll("\n", "%0A");
}
