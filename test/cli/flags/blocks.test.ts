/** `--blocks`: a number or a range. */
import { expect, it, test } from "vitest";
import { applyBlocks, parseBlocks } from "../../../cli/flags/blocks.ts";
import { UsageError } from "../../../core/errors.ts";

it("reads a number and a range", () => {
  expect(parseBlocks("9")).toBe(9);
  expect(parseBlocks("6..20")).toEqual({ min: 6, max: 20 });
});

test.each(["0", "1001", "1.5", "-3", "six", "6..", "..20", "6...20", "6-20", "20..6", "6..6", "1..6", "6..1001", ""])(
  "refuses %j",
  (written) => {
    expect(() => parseBlocks(written)).toThrow(UsageError);
  },
);

it("keeps the target of an adaptive suite, and else sets the default", () => {
  expect(applyBlocks(undefined, 9)).toBe(9);
  expect(applyBlocks(4, { min: 6, max: 20, until: "3 %" })).toBe(4);
  expect(applyBlocks({ min: 7, max: 9 }, { min: 6, max: 20, until: "3 %" })).toEqual({ min: 7, max: 9, until: "3 %" });
  expect(applyBlocks({ min: 7, max: 9 }, 5)).toEqual({ min: 7, max: 9, until: "5 %" });
});
