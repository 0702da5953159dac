/** A comparison as JUnit XML: one test suite per plugin of the head, one test case per cell. */
import { groupBy } from "../../core/group.ts";
import type { ComparedCell, RunComparison, UncomparedCell } from "../../results/index.ts";
import { junitDocument, type TestCase } from "../junit-suite.ts";
import { cellSentence, factText, runWarnings } from "./cell-text.ts";
import type { ComparisonFormat, ComparisonOptions } from "./comparison-format.ts";
import { notesOf } from "./notes.ts";
import { brokenCells, failingCells, verdictSentence } from "./outcome.ts";

/** Only cells that fail the build are failures; others that could not be compared are skipped. */
export const comparisonJunit: ComparisonFormat = (comparison, options) => {
  const { failOn } = options;
  const failing = failingCells(comparison, failOn);
  const broken = brokenCells(comparison);
  const cases = [
    ...comparison.cells.map((cell) => ({ plugin: cell.plugin.head, case: caseOfCell(cell, failing.includes(cell)) })),
    ...comparison.uncompared.map((each) => ({
      plugin: each.cell.plugin.head,
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

function caseOfUncompared({ cell, reason }: UncomparedCell, fails: boolean): TestCase {
  return { name: cell.id, group: groupOf(cell), status: fails ? "failed" : "skipped", message: reason };
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
