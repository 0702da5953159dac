import { expect, it } from "vitest";
import type { RunVariance } from "../../../results/run-comparison/between-runs.ts";
import { judgeCells, type EstimatedCell } from "../../../results/run-comparison/judge-cells.ts";
import { thresholdOf } from "../../../results/run-comparison/threshold.ts";
import { comparedCell } from "../../helpers/sample-comparison.ts";

const VARIANCE: RunVariance = { total: 0.0004, within: 0.0001, degreesOfFreedom: 4, source: "runs" };

/** Returns exploratory cells, 20 % slower with these p-values. */
function estimated(ps: readonly number[], differences: Partial<EstimatedCell> = {}): EstimatedCell[] {
  const estimate = { estimate: Math.log(1.2), halfWidth: () => 0.1, detectable: () => 0.1 };
  return ps.map((p) => ({
    ...{ facts: comparedCell(), estimate: { ...estimate, p }, variance: VARIANCE, band: 1.05 },
    ...{ isBusy: false, isSame: false, isReference: false, ...differences },
  }));
}

const OPEN = [0.04, 0.9, 0.9, 0.9];
const SMALL = Array.from({ length: 8 }, () => 1e-6);
const verdicts = (cells: readonly EstimatedCell[]): string[] =>
  judgeCells(cells, thresholdOf(1.05)).cells.map(({ verdict }) => verdict);

it("selects cells with small p-values", () => {
  expect(verdicts([...estimated(OPEN), ...estimated(SMALL)]).slice(0, 5)).toEqual([
    ...["worse", "undecided", "undecided", "undecided", "worse"],
  ]);
});

it.each<[string, Partial<EstimatedCell>, string]>([
  ["a busy machine", { isBusy: true }, "undecided"],
  ["unknown variation between runs", { variance: null }, "worse"],
])("does not raise the level of other cells by those with %s", (_, differences, verdict) => {
  const found = verdicts([...estimated(OPEN), ...estimated(SMALL, differences)]);
  expect(found).toEqual([...OPEN.map(() => "undecided"), ...SMALL.map(() => verdict)]);
});

it("does not raise the level of cells with unknown variation by conclusive ones", () => {
  const found = verdicts([...estimated(OPEN, { variance: null }), ...estimated(SMALL)]);
  expect(found).toEqual([...OPEN.map(() => "undecided"), ...SMALL.map(() => "worse")]);
});
