/**
 * The junit report for CI services: one test suite per plugin and run, one test case per cell and conformance clause.
 * The output of each suite has the answers to the main questions and the warnings of the run.
 */
import type { SummaryCell } from "../results/index.ts";
import { clauseCase } from "./conformance/junit.ts";
import { answerLine } from "./first-screen/answer-list.ts";
import { screenQuestions } from "./first-screen/screen-questions.ts";
import { formatValue } from "./format.ts";
import { junitDocument, type TestCase, type TestSuite } from "./junit-suite.ts";
import { figuresOf } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";

export const junit: Report = {
  name: "junit",
  extension: "xml",
  render: async (runs) => junitDocument(runs.flatMap((run) => suitesOf(run, runs.length > 1))),
};

/** @param several whether the document has several runs, whose suites need different names */
function suitesOf(input: ReportInput, several: boolean): TestSuite[] {
  const { run, summary } = input;
  const output = outputOf(input);
  const plugins = [...new Set([...summary.cells, ...summary.conformance].map(({ plugin }) => plugin))];
  const pluginOfCheck = new Map(run.plan.checks.map(({ id, plugin }) => [id, plugin]));
  return plugins.map((plugin) => {
    const cells = summary.cells.filter((cell) => cell.plugin === plugin).map(caseOfCell);
    const clauses = summary.conformance
      .filter((check) => check.plugin === plugin)
      .map((row) => clauseCase(row, `${row.clause} (CNI ${row.specVersion})`));
    // A check without verdicts belongs to no cell, so it gets its own test case.
    const checkWarnings = summary.warnings.filter(
      ({ check }) => check !== undefined && pluginOfCheck.get(check) === plugin,
    );
    const uncheckedCases = checkWarnings.map(({ code, message }): TestCase => ({
      name: "all clauses",
      group: "conformance",
      status: code === "checks-skipped" ? "skipped" : "failed",
      message,
    }));
    return {
      name: several ? `${plugin} (run ${run.id})` : plugin,
      attributes: { id: run.id, timestamp: run.startedAt.replace("Z", "") },
      cases: [...cells, ...clauses, ...uncheckedCases],
      output,
    };
  });
}

function outputOf({ run, summary }: ReportInput): string {
  const { shown } = screenQuestions(run, figuresOf(summary));
  const warnings = summary.warnings.filter(({ check }) => check === undefined);
  return [...shown.map((each) => answerLine(each)), ...warnings.map(({ code, message }) => `${code}: ${message}`)].join(
    "\n",
  );
}

function caseOfCell({
  id,
  suite,
  scenario,
  state,
  error,
  reason,
  median,
  unit,
  ci95,
  n,
  warnings,
}: SummaryCell): TestCase {
  const group = `${suite}.${scenario}`;
  if (state === "failed") return { name: id, group, status: "failed", message: error ?? "" };
  if (state === "skipped") return { name: id, group, status: "skipped", message: reason ?? "" };
  const warningLines = warnings.map(({ code, message }) => `\n${code}: ${message}`).join("");
  return {
    name: id,
    group,
    status: "passed",
    message: `median ${formatValue(median ?? 0, unit, ci95)} of ${n} blocks${warningLines}`,
  };
}
