import { expect, it } from "vitest";
import { dipOf } from "../../../results/inference/dip.ts";
import { seededRandom } from "../../../results/random.ts";

it.each([
  ["one value", [3], 1 / 2],
  ["equal values", [3, 3, 3, 3], 1 / 8],
  ["equally spaced values, which are the most uniform ones", [1, 2, 3, 4, 5], 1 / 10],
  ["two groups of equal values, which have the largest dip", [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 1 / 4],
  // Between the groups the distribution function is 2 steps below the line from 0.1 to 1 and as many above it.
  ["values in any order", [1, 0, 1, 0, 0, 1, 0, 1, 1, 0], 1 / 4],
])("of %s", (_, values, dip) => {
  expect(dipOf(values)).toBeCloseTo(dip, 12);
});

it("depends only on the relative distances of the values, in both directions", () => {
  const random = seededRandom(1);
  for (let i = 0; i < 200; i++) {
    // Rounded values contain ties.
    const values = Array.from({ length: 2 + (i % 40) }, () => Math.round(random() * 30));
    const dip = dipOf(values);
    expect(dip).toBeGreaterThanOrEqual(1 / (2 * values.length) - 1e-12);
    expect(dip).toBeLessThanOrEqual(1 / 4 + 1e-12);
    expect(dipOf(values.map((value) => 8 * value + 5))).toBeCloseTo(dip, 12);
    expect(dipOf(values.map((value) => -value))).toBeCloseTo(dip, 12);
  }
});
