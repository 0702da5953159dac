/** The conformance results as JUnit XML. */
import { expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";
import { parseXml } from "../../helpers/xml.ts";

const two = [sampleConformance(), sampleConformance("ptp")];

test("has a suite per plugin and version, which only MUST and derived clauses can fail", () => {
  const { children } = parseXml(conformanceReports.junit(two));
  expect(children.map(({ attributes }) => attributes.name)).toEqual([
    "bridge (CNI 0.4.0)",
    "bridge (CNI 1.0.0)",
    "ptp (CNI 0.4.0)",
    "ptp (CNI 1.0.0)",
  ]);
  const outcomes = (children[1]?.children ?? []).map(
    ({ attributes, children: [outcome] }) => `${attributes.name} ${outcome?.name}`,
  );
  expect(outcomes).toEqual([
    "add.creates system-out",
    "add.up failure",
    "add.netns.self system-out",
    "check.tamper.route-gw system-out",
    "version.echo failure",
    "del.same-cid system-out",
    "ipam.dns skipped",
  ]);
  expect(children[1]?.attributes).toMatchObject({ tests: "7", failures: "2", skipped: "1" });
});

test.each(HOSTILE_STRINGS)("stays valid XML with external text: %j", (text) => {
  expect(parseXml(conformanceReports.junit([sampleConformance(text, text)])).children).toHaveLength(2);
});
