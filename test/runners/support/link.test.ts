import { expect, test } from "vitest";
import { linkWarnings } from "../../../runners/support/link.ts";

test("warns about a saturated link, with the percentage", () => {
  expect(linkWarnings(956e6, 1e9)).toEqual([
    { code: "link-limited", message: expect.stringMatching(/96 % .*1000 Mbit\/s/) as string },
  ]);
});

test("does not warn below 95 %, or on an unlimited link", () => {
  expect(linkWarnings(949e6, 1e9)).toEqual([]);
  expect(linkWarnings(5e10, null)).toEqual([]);
});
