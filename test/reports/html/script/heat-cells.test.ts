import { expect, it } from "vitest";
import { shownSpan } from "../../../../reports/html/script/heat-cells.js";

it("counts the columns of a run that a filter leaves, with those that it cannot hide", () => {
  const shown = new Set(["run-1-h-a", "run-2-h-a"]);
  expect(shownSpan(3, ["run-1-h-a", "run-1-h-b"], shown)).toBe(2);
  expect(shownSpan(2, ["run-2-h-a", "run-2-h-b"], shown)).toBe(1);
  expect(shownSpan(2, ["run-3-h-a", "run-3-h-b"], shown)).toBe(0);
  expect(shownSpan(1, [], shown)).toBe(1);
});
