import { expect, it } from "vitest";
import type { HeatCell } from "../../../reports/first-screen/heat-cells.ts";
import { comparedText, referenceText } from "../../../reports/first-screen/tile-text.ts";
import type { Comparison } from "../../../results/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const [pair] = inputOf(sampleRun()).summary.comparisons as [Comparison];
const cell: HeatCell = { plugin: "ptp", cell: null, ranks: null, mark: null, comparison: null, versus: [pair] };

it("states a factor, or a difference in the unit where values can be zero", () => {
  expect(comparedText({ ...pair, scale: "ratio", estimate: 0.5, verdict: "worse" }, "1").factor).toBe("0.50×");
  const loss = { ...pair, scale: "difference", estimate: 0.004, verdict: "worse" } as const;
  expect(comparedText(loss, "1")).toEqual({ factor: "+0.00400", label: { en: "worse", zh: "更差" } });
  expect(comparedText({ ...loss, estimate: 0.0001, verdict: "equal" }, "1").factor).toMatch(/^= \+0\.0001/);
});

it("states that a reference does not differ from itself, on the scale of the others", () => {
  expect(referenceText(cell).factor).toBe("1×");
  expect(referenceText({ ...cell, versus: [null, { ...pair, scale: "difference" }] }).factor).toBe("±0");
});
