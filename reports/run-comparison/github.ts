/**
 * A comparison as workflow commands of GitHub Actions, which become annotations of a pull request.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
import { printable } from "../../core/errors.ts";
import { type ComparedCell, type RunComparison } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { cellSentence, factText } from "./cell-text.ts";
import { clauseGroups, failingClauses, isBadGroup } from "./clause-groups.ts";
import { clauseLine } from "./clause-text.ts";
import type { ComparisonFormat, ComparisonOptions } from "./comparison-format.ts";
import { brokenCells, cellGroups, failingCells, uncomparedText } from "./outcome.ts";
import { verdictSentence } from "./verdict-sentence.ts";

/** GitHub shows 10 annotations of each level per step. The last one counts the others. */
const MAX_ANNOTATIONS = 10;
/** GitHub cuts longer messages. */
const MAX_MESSAGE_LENGTH = 4000;

type Level = "error" | "warning" | "notice";

/** Cells and clauses that fail the build are errors, other regressions warnings; the first annotation is the answer. */
export const comparisonAnnotations: ComparisonFormat = (comparison, { failOn }) => {
  const failing = failingCells(comparison, failOn);
  const regressions = cellGroups(comparison)
    .filter(({ kind }) => kind === "confirmed" || kind === "suspect")
    .flatMap(({ cells }) => cells);
  const broken = brokenCells(comparison).map(uncomparedText);
  const others = regressions.filter((cell) => !failing.includes(cell));
  return [
    annotation("notice", "cnibench compare", answerOf(comparison)),
    ...annotations(failOn.length > 0 ? "error" : "warning", "failed in the head only", broken),
    ...clauseAnnotations(comparison, failOn),
    ...annotations("error", "performance regression", failing.filter(isConfirmed).map(cellLine)),
    ...annotations(
      "error",
      "unconfirmed performance regression",
      failing.filter((cell) => !isConfirmed(cell)).map(cellLine),
    ),
    ...annotations("warning", "suspected regression", others.map(cellLine)),
  ].join("");
};

function clauseAnnotations(comparison: RunComparison, failOn: ComparisonOptions["failOn"]): string[] {
  const failing = failingClauses(comparison, failOn);
  const groups = clauseGroups(comparison);
  const others = groups.filter(isBadGroup).flatMap(({ clauses }) => clauses.filter((each) => !failing.includes(each)));
  const lost = groups.filter(({ kind }) => kind === "lost").flatMap(({ clauses }) => clauses);
  return [
    ...annotations("error", "conformance regression", failing.map(clauseLine), "clause"),
    ...annotations("warning", "suspected conformance regression", others.map(clauseLine), "clause"),
    ...annotations(failOn.length > 0 ? "error" : "warning", "clause not tested", lost.map(clauseLine), "clause"),
  ];
}

function isConfirmed({ state }: ComparedCell): boolean {
  return state === "confirmed";
}

function answerOf(comparison: RunComparison): string {
  const facts = comparison.facts.map((fact) => factText(fact).en).join("; ");
  return `${verdictSentence(comparison).en}${facts === "" ? "" : `. The sides differ: ${facts}`}`;
}

function cellLine(cell: ComparedCell): string {
  return `${cell.id}: ${cellSentence(cell)}`;
}

function annotations(
  level: Exclude<Level, "notice">,
  title: string,
  lines: readonly string[],
  noun = "cell",
): string[] {
  const shown = lines.length > MAX_ANNOTATIONS ? lines.slice(0, MAX_ANNOTATIONS - 1) : lines;
  const omitted = lines.length - shown.length;
  return [
    ...shown.map((line) => annotation(level, title, line)),
    ...(omitted === 0 ? [] : [annotation(level, title, `${formatCount(omitted, `more ${noun}`)}; see another format`)]),
  ];
}

function annotation(level: Level, title: string, message: string): string {
  return `::${level} title=${title}::${escapeMessage(message)}\n`;
}

/** Escapes a message: a percent sign, and line breaks, which would end the command and could start another one. */
function escapeMessage(text: string): string {
  return printable(text).slice(0, MAX_MESSAGE_LENGTH).replaceAll("%", "%25").replaceAll("\n", "%0A");
}
