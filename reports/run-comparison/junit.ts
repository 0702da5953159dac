/** A comparison as JUnit XML: one test suite per plugin of the head, one test case per cell and clause. */
import { printable } from "../../core/errors.ts";
import { groupBy } from "../../core/group.ts";
import type { ComparedCell, ComparedClause, RunComparison, UncomparedCheck } from "../../results/index.ts";
import { junitDocument, type TestCase } from "../junit-suite.ts";
import { cellSentence, factText, runWarnings } from "./cell-text.ts";
import type { ComparisonFormat, ComparisonOptions } from "./comparison-format.ts";
import { failingClauses } from "./clause-groups.ts";
import { clauseSentence } from "./clause-text.ts";
import { notesOf } from "./notes.ts";
import { brokenCells, failingCells, idOfUncompared, type Uncompared } from "./outcome.ts";
import { verdictSentence } from "./verdict-sentence.ts";

/** Only cells and clauses that fail the build are failures; others that could not be compared are skipped. */
export const comparisonJunit: ComparisonFormat = (comparison, options) => {
  const { failOn } = options;
  const failing = failingCells(comparison, failOn);
  const wrong = failingClauses(comparison, failOn);
  const broken = brokenCells(comparison);
  const cases = [
    ...comparison.cells.map((cell) => ({ plugin: cell.plugin.head, case: caseOfCell(cell, failing.includes(cell)) })),
    ...comparison.clauses.map((each) => ({ plugin: each.plugin.head, case: caseOfClause(each, wrong.includes(each)) })),
    ...[...comparison.uncompared, ...comparison.uncomparedChecks].map((each) => ({
      plugin: keyOf(each).plugin.head,
      case: caseOfUncompared(each, failOn.length > 0 && broken.includes(each)),
    })),
  ];
  const output = summaryOf(comparison, options);
  return junitDocument(
    [...groupBy(cases, ({ plugin }) => plugin)].map(([name, ofPlugin]) => ({
      name,
      cases: ofPlugin.map((each) => each.case),
      output,
    })),
  );
};

function caseOfCell(cell: ComparedCell, fails: boolean): TestCase {
  const { change, state, verdict } = cell;
  const outcome = change === "none" ? verdict : [state, change].filter((part) => part !== undefined).join(" ");
  const message = `${outcome}: ${cellSentence(cell)}`;
  return { name: cell.id, group: groupOf(cell), status: fails ? "failed" : "passed", message };
}

/** A clause that the head did not test is skipped. */
function caseOfClause(clause: ComparedClause, fails: boolean): TestCase {
  const { id, head, change, state, evidence = [], reproduce } = clause;
  const isTested = head !== "skip" && head !== "missing";
  const outcome = change === "none" ? "unchanged" : [state, change].filter((part) => part !== undefined).join(" ");
  const details = printable([...evidence, ...(reproduce === undefined ? [] : [reproduce])].join("\n"));
  return {
    name: id,
    group: groupOf(clause),
    status: fails ? "failed" : isTested ? "passed" : "skipped",
    message: `${outcome}: ${clauseSentence(clause)}`,
    ...(details !== "" && { details }),
  };
}

function caseOfUncompared(each: Uncompared, fails: boolean): TestCase {
  const name = idOfUncompared(each);
  return { name, group: groupOf(keyOf(each)), status: fails ? "failed" : "skipped", message: each.reason };
}

function keyOf(each: Uncompared): UncomparedCheck["check"] {
  return "cell" in each ? each.cell : each.check;
}

function groupOf({ suite, scenario }: { readonly suite: string; readonly scenario: string }): string {
  return `${suite}.${scenario}`;
}

function summaryOf(comparison: RunComparison, options: ComparisonOptions): string {
  const { facts } = comparison;
  return [
    verdictSentence(comparison).en,
    ...facts.map((fact) => `the sides differ: ${factText(fact).en}`),
    ...[...notesOf(comparison, options), ...runWarnings(comparison)].map(({ en }) => en),
  ].join("\n");
}
