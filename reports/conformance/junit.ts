/** JUnit XML of a conformance run: one test suite per plugin and version, one test case per clause. */
import { printable } from "../../core/errors.ts";
import { groupBy } from "../../core/group.ts";
import { type ConformanceReport, type ConformanceRow, failsRequirement } from "../../results/index.ts";
import { sharedResultNotes } from "./shared-results.ts";
import { junitDocument, type TestCase } from "../junit-suite.ts";

export function conformanceJunit(reports: readonly ConformanceReport[]): string {
  const rows = reports.flatMap(({ conformance }) => conformance);
  const suites = groupBy(rows, ({ plugin, specVersion }) => JSON.stringify([plugin, specVersion]));
  return junitDocument(
    [...suites.values()].map((suite) => ({
      name: `${suite[0]?.plugin} (CNI ${suite[0]?.specVersion})`,
      cases: suite.map((row) => clauseCase(row, row.clause)),
      output: sharedResultNotes(suite)
        .map(({ en }) => en)
        .join("\n"),
    })),
  );
}

/** Only requirements of the specification can fail a build; a case with another deviation passes and prints it. */
export function clauseCase(row: ConformanceRow, name: string): TestCase {
  const { level, section, status, message } = row;
  const group = "conformance";
  if (status === "pass") return { name, group, status: "passed", message };
  if (status === "skip") return { name, group, status: "skipped", message };
  return {
    name,
    group,
    status: failsRequirement(row) ? "failed" : "passed",
    message: `${level}, ${status}, ${section}: ${message}`,
    details: detailsOf(row),
  };
}

function detailsOf({ sentence, evidence = [], reproduce }: ConformanceRow): string {
  return printable([sentence, ...evidence, reproduce].filter((part) => part !== undefined).join("\n"));
}
