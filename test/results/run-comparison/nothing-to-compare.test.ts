import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { nothingToCompare } from "../../../results/run-comparison/nothing-to-compare.ts";
import { NO_REFERENCE, type UncomparedCell } from "../../../results/run-comparison/run-comparison.ts";
import { uncomparedCell } from "../../helpers/sample-comparison.ts";

it.each<[string, Partial<UncomparedCell>, RegExp]>([
  ["an incomplete head", { base: "measured", head: "failed" }, /the head was interrupted.*--resume/],
  ["an incomplete base", { base: "failed", head: "measured" }, /the base was interrupted.*--resume/],
  ["other suites", { base: "measured", head: "missing" }, /the same suites on both sides/],
  ["other loads", { base: "measured", head: "measured" }, /with the same options/],
  ["no reference", { base: "measured", head: "measured", reason: NO_REFERENCE }, /--reference/],
])("has a next step that fits %s", (_, cell, step) => {
  const error = nothingToCompare([{ ...uncomparedCell("why"), ...cell }, uncomparedCell("other")]);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(error.message).toMatch(step);
  expect(error.message).toContain(cell.reason ?? "why");
});

it("says so if no run measured anything", () => {
  expect(nothingToCompare([]).message).toContain("measured nothing");
});
