import { expect, it } from "vitest";
import { studentP, studentQuantile } from "../../../results/inference/student.ts";

/** Published quantiles of two-sided intervals. */
it.each([
  [1, 0.05, 12.7062],
  [2, 0.05, 4.30265],
  [4, 0.1, 2.13185],
  [10, 0.05, 2.22814],
  [30, 0.01, 2.75],
  [1000, 0.05, 1.96234],
])("has the quantile of %s degrees of freedom at a level of %s", (degreesOfFreedom, level, quantile) => {
  expect(studentQuantile(level, degreesOfFreedom)).toBeCloseTo(quantile, 4);
  expect(studentP(quantile, degreesOfFreedom)).toBeCloseTo(level, 5);
});

it("is the arctangent of one degree of freedom, and normal for many", () => {
  for (const t of [1e-6, 0.3, 1, 5, 1e3]) {
    expect(studentP(t, 1) / ((2 / Math.PI) * Math.atan(1 / t))).toBeCloseTo(1, 9);
  }
  expect(studentP(1.959964, 1e7)).toBeCloseTo(0.05, 6);
});

it("accepts fractions of degrees of freedom and the limits of t", () => {
  const at = studentP(2, 2.5);
  expect(at).toBeLessThan(studentP(2, 2));
  expect(at).toBeGreaterThan(studentP(2, 3));
  expect(studentP(-2, 2.5)).toBe(at);
  expect([studentP(0, 3), studentP(Infinity, 3)]).toEqual([1, 0]);
});
