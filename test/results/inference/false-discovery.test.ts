import { expect, it } from "vitest";
import { selectionLevel } from "../../../results/inference/false-discovery.ts";

it("selects as many questions as the rate allows", () => {
  expect(selectionLevel([0.01, 0.04, 0.9, 0.8], 0.1)).toBeCloseTo(0.05);
  // The second one alone would not be selected at 0.05; together with the third, the level is higher.
  expect(selectionLevel([0.01, 0.06, 0.07, 0.8], 0.1)).toBeCloseTo(0.075);
  expect(selectionLevel([0.5, 0.6], 0.1)).toBe(0);
  expect(selectionLevel([], 0.1)).toBe(0);
});
