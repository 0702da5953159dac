/** The formats of conformance results. The other formats have their own tests. */
import { expect, test } from "vitest";
import { conformanceText } from "../../../cli/terminal/conformance-text.ts";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import type { ConformanceReport } from "../../../results/verdicts.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

const two = [sampleConformance(), sampleConformance("ptp")];

test("json: one report as an object, several as an array", () => {
  expect(JSON.parse(conformanceReports.json([sampleConformance()]))).toEqual(sampleConformance());
  expect(JSON.parse(conformanceReports.json(two))).toEqual(two);
});

/** A plugin whose ADD failed: three MUST clauses could not be tested. */
const untested: ConformanceReport = {
  ...sampleConformance(),
  verdicts: { "1.0.0": "not tested" },
  conformance: ["add.creates", "del.ok", "env.netns"].map((clause) => ({
    ...{ plugin: "bridge", clause, section: "2-ADD", level: "MUST", specVersion: "1.0.0", status: "skip" },
    message: `ADD fails: code 100: no lease for ${clause.length}: daemon not found`,
  })),
};

test.each([
  ["text", conformanceText(untested)],
  ["json", conformanceReports.json([untested])],
  ["md", conformanceReports.md([untested])],
  ["junit", conformanceReports.junit([untested])],
  ["html", conformanceReports.html([untested])],
])("%s: explains a verdict that stays open with the plugin's words", (_format, report) => {
  expect(report).toContain("daemon not found");
  for (const { clause } of untested.conformance) expect(report).toContain(clause);
});

test("text: groups skips by their reason, those that leave the verdict open first", () => {
  const { conformance } = sampleConformance();
  const text = conformanceText({ ...untested, conformance: [...conformance, ...untested.conformance] });
  expect(text.match(/daemon not found/g)).toHaveLength(1);
  expect(text).toContain("\nSKIP add.creates, del.ok, env.netns (1.0.0)\n  ADD fails: code 100");
  expect(text.indexOf("daemon not found")).toBeLessThan(text.indexOf("FAIL "));
  expect(text.indexOf("FAIL ")).toBeLessThan(text.indexOf("SKIP ipam.dns (0.4.0 1.0.0)\n  no dns: exit code 0\n"));
});

test.each(["text", "md", "html"] as const)("%s: a selection is named and never called conformant", (format) => {
  const passing = sampleConformance().conformance.filter(({ clause }) => clause === "add.creates");
  const report = { ...sampleConformance(), only: "add.cr*", conformance: passing };
  const printed = format === "text" ? conformanceText(report) : conformanceReports[format]([report]);
  expect(printed).toMatch(/selection passed/);
  expect(printed).toMatch(/Only the clauses that match (&quot;|"|&#34;)add\.cr(\*|&#42;)/);
  expect(printed.replaceAll(/not conformant/g, "")).not.toMatch(/[>*| ]conformant/);
});

test("text: no output of a plugin is a workflow command", () => {
  const text = conformanceText(sampleConformance("bridge", "x\n::error::y\n  ::add-mask::z\na ##[debug]b"));
  expect(text).toContain(": :error::y");
  expect(text).not.toMatch(/^\s*::|##\[/m);
});
