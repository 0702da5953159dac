import { expect, test } from "vitest";
import { conformanceText } from "../../../cli/terminal/conformance-text.ts";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { sharedResultNotes } from "../../../reports/conformance/shared-results.ts";
import type { ConformanceReport } from "../../../results/verdicts.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

/** A report in which some results of 0.4.0 are those of 1.0.0. */
function reportWith(...clauses: readonly string[]): ConformanceReport {
  const report = sampleConformance();
  const conformance = report.conformance.map((row) =>
    row.specVersion === "0.4.0" && clauses.includes(row.clause) ? { ...row, testedIn: "1.0.0" } : row,
  );
  return { ...report, conformance };
}

test("one sentence for each version with results of another one", () => {
  expect(sharedResultNotes(sampleConformance().conformance)).toEqual([]);
  expect(sharedResultNotes(reportWith("add.creates").conformance)).toEqual([
    {
      en: expect.stringMatching(/^bridge 0\.4\.0: 1 result .*\b1\.0\.0\b/) as string,
      zh: "bridge 0.4.0：有 1 项结果取自 1.0.0，因为这些条款与版本无关。",
    },
  ]);
  expect(sharedResultNotes(reportWith("add.creates", "add.up").conformance)).toEqual([
    expect.objectContaining({ en: expect.stringMatching(/^bridge 0\.4\.0: 2 results .*\b1\.0\.0\b/) as string }),
  ]);
});

const SHARED = reportWith("add.creates", "add.netns.self");

test.each([
  ["text", conformanceText(SHARED)],
  ["md", conformanceReports.md([SHARED])],
  ["junit", conformanceReports.junit([SHARED])],
  ["html", conformanceReports.html([SHARED])],
])("%s: states which results are those of another version", (_format, printed) => {
  expect(printed).toContain("bridge 0.4.0: 2 results are those of 1.0.0");
  expect(printed).not.toContain("bridge 1.0.0: ");
});

test("json: the row names the version in which the clause was tested", () => {
  const { conformance } = JSON.parse(conformanceReports.json([SHARED])) as ConformanceReport;
  expect(conformance.filter(({ testedIn }) => testedIn === "1.0.0").map(({ clause }) => clause)).toEqual([
    "add.creates",
    "add.netns.self",
  ]);
});
