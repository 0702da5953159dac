import { expect, it } from "vitest";
import { amountOf, formatFactor } from "../../../reports/first-screen/amounts.ts";
import type { Comparison } from "../../../results/summary.ts";

it.each([
  [1, "1.00"],
  [0.873, "0.87"],
  [5.04, "5.0"],
  [12.4, "12"],
  [0.034, "0.03"],
  [1e9, ">10000"],
  [1e-9, "<0.001"],
  [0, "–"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "–"],
])("formats the factor %d as %s", (factor, expected) => {
  expect(formatFactor(factor)).toBe(expected);
});

it.each([
  [1.14, [1.1, 1.19], ["percent", "14 %", "10 % to 19 %"]],
  [0.87, [0.84, 0.9], ["percent", "13 %", "10 % to 16 %"]],
  [1.01, [0.97, 1.05], ["percent", "1.0 %", "−3.0 % to +5.0 %"]],
  [2, [1.9, 2.1], ["factor", "2.0", "1.90 to 2.1"]],
  [0.2, null, ["factor", "0.20", undefined]],
])("states a ratio of %d with the interval %j", (estimate, ci95, expected) => {
  const comparison = { scale: "ratio", estimate, ci95 } as unknown as Comparison;
  const amount = amountOf(comparison, "s");
  expect([amount.kind, amount.text, amount.interval?.en]).toEqual(expected);
});
