/** JUnit's XML of a conformance run: a test suite per plugin and version, a test case per clause. */
import { printable } from "../../core/errors.ts";
import { groupBy } from "../../core/group.ts";
import { isDecisive, type ConformanceReport, type ConformanceRow } from "../../results/verdicts.ts";
import { junitDocument, suiteElement, type TestCase } from "../junit-suite.ts";

export function conformanceJunit(reports: readonly ConformanceReport[]): string {
  const rows = reports.flatMap(({ conformance }) => conformance);
  const suites = groupBy(rows, ({ plugin, specVersion }) => JSON.stringify([plugin, specVersion]));
  return junitDocument(
    [...suites.values()].map((same) =>
      suiteElement(`${same[0]?.plugin} (CNI ${same[0]?.specVersion})`, {}, same.map(caseOf)),
    ),
  );
}

/** Only what the specification demands can fail a build; other deviations are told in the case. */
function caseOf(row: ConformanceRow): TestCase {
  const { clause, level, section, status, message } = row;
  const name = clause;
  const group = "conformance";
  if (status === "pass") return { name, group, status: "passed", message };
  if (status === "skip") return { name, group, status: "skipped", message };
  const failureMessage = `${level}, ${status}, ${section}: ${message}`;
  return {
    name,
    group,
    status: status === "fail" && isDecisive(row) ? "failed" : "passed",
    message: failureMessage,
    details: detailsOf(row),
  };
}

function detailsOf({ sentence, evidence = [], reproduce = "" }: ConformanceRow): string {
  return printable([sentence, ...evidence, reproduce].join("\n"));
}
