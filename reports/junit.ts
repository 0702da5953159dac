/** The junit report for CI services: one test suite per plugin, one test case per cell and per conformance clause. */
import type { SummaryCell } from "../results/index.ts";
import { clauseCase } from "./conformance/junit.ts";
import { formatValue } from "./format.ts";
import { junitDocument, suiteElement, type TestCase } from "./junit-suite.ts";
import type { Report, ReportInput } from "./report.ts";

export const junit: Report = {
  name: "junit",
  extension: "xml",
  render: (runs) => Promise.resolve(junitDocument(runs.flatMap(suitesOf))),
};

function suitesOf({ run, summary }: ReportInput): string[] {
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
    return suiteElement(plugin, { id: run.id, timestamp: run.startedAt.replace("Z", "") }, [
      ...cells,
      ...clauses,
      ...uncheckedCases,
    ]);
  });
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
