import { expect, it } from "vitest";
import { poolVariances, varianceOfRuns, type RunVariance } from "../../../results/run-comparison/between-runs.ts";
import { runEstimate, type RunEstimate } from "../../../results/run-comparison/run-estimate.ts";
import { compareSides } from "../../../results/run-comparison/unpaired-estimate.ts";

function estimate(value: number, within: number | null = 0, blocks = 10): RunEstimate {
  return { value, within, blocks };
}

const CARD: RunVariance = { total: 0.0004, within: 0.0001, degreesOfFreedom: 4, source: "noise card" };

it("is Student's t-test of the estimates of runs", () => {
  const [base, head] = [[1, 2, 3].map((value) => estimate(value)), [3, 5, 7].map((value) => estimate(value))];
  const { estimate: difference, p, halfWidth } = compareSides(base, head, varianceOfRuns(base, head));
  expect(difference).toBe(3);
  // t = 3 / sqrt(2.5 * 2/3) with 4 degrees of freedom.
  expect(p).toBeCloseTo(0.0808, 3);
  expect(halfWidth(0.05)).toBeCloseTo(2.77645 * Math.sqrt(2.5 * (2 / 3)), 4);
});

it("is Welch's t-test of the blocks if nothing is known about runs", () => {
  const { p, halfWidth } = compareSides([estimate(0, 0.01)], [estimate(0.3, 0.01)], null);
  // 18 degrees of freedom.
  expect(halfWidth(0.05)).toBeCloseTo(2.10092 * Math.sqrt(0.02), 4);
  expect(p).toBeCloseTo(0.048, 3);
});

it("is never narrower than the variation of the blocks", () => {
  const base = [estimate(0, 0.01), estimate(0, 0.01)];
  const head = [estimate(0.3, 0.01), estimate(0.3, 0.01)];
  const unknown = compareSides(base, head, null);
  const known = compareSides(base, head, varianceOfRuns(base, head));
  expect(known.p).toBe(unknown.p);
  expect(known.halfWidth(0.05)).toBe(unknown.halfWidth(0.05));
});

it("adds the variation of blocks that those who showed the variance did not have", () => {
  const widthOf = (within: number) => compareSides([estimate(0, within)], [estimate(0, within)], CARD).halfWidth(0.05);
  expect(widthOf(0.0001)).toBeCloseTo(2.77645 * Math.sqrt(0.0008), 5);
  expect(widthOf(0.00005)).toBe(widthOf(0.0001));
  expect(widthOf(0.0003)).toBeCloseTo(2.77645 * Math.sqrt(0.0008 + 0.0004), 5);
});

it("knows nothing about single blocks without the variance of runs", () => {
  const single = [estimate(0, null, 1)];
  const { p, halfWidth, detectable } = compareSides(single, [estimate(1, null, 1)], null);
  expect([p, halfWidth(0.05), detectable(0.05)]).toEqual([1, null, null]);
  expect(compareSides(single, [estimate(1, null, 1)], CARD).p).toBeLessThan(0.05);
});

it("detects a difference of its own size with a probability of 80 %", () => {
  const { detectable, halfWidth } = compareSides([estimate(0)], [estimate(0)], CARD);
  // Beyond the half width by the 80 % quantile of 4 degrees of freedom.
  const beyond = (detectable(0.05) ?? 0) - (halfWidth(0.05) ?? 0);
  expect(beyond).toBeCloseTo(0.94096 * Math.sqrt(0.0008), 5);
});

it("pools variances by their degrees of freedom, in any order", () => {
  const runs: RunVariance = { total: 0.001, within: 0.0004, degreesOfFreedom: 2, source: "runs" };
  const pooled = poolVariances(runs, CARD);
  expect(pooled).toEqual(poolVariances(CARD, runs));
  expect(pooled).toMatchObject({ degreesOfFreedom: 6, source: "both" });
  expect(pooled?.total).toBeCloseTo((2 * 0.001 + 4 * 0.0004) / 6, 12);
  expect(pooled?.within).toBeCloseTo((2 * 0.0004 + 4 * 0.0001) / 6, 12);
  expect([poolVariances(null, CARD), poolVariances(CARD, null)]).toEqual([CARD, CARD]);
  expect(varianceOfRuns([estimate(1)], [estimate(2)])).toBeNull();
});

it("estimates a run without its outliers, and the variance of the estimate", () => {
  const { value, within, blocks } = runEstimate([1, 2, 3, 4, 100]);
  expect([value, blocks]).toEqual([3, 5]);
  expect(within).toBeCloseTo(((Math.PI / 3) * 1902.5) / 5, 6);
  expect(runEstimate([2])).toEqual({ value: 2, within: null, blocks: 1 });
});
