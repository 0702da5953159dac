/** The formats of conformance results. The other formats have their own tests. */
import { expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

const two = [sampleConformance(), sampleConformance("ptp")];

test("json: one report as an object, several as an array", () => {
  expect(JSON.parse(conformanceReports.json([sampleConformance()]))).toEqual(sampleConformance());
  expect(JSON.parse(conformanceReports.json(two))).toEqual(two);
});
