import { expect, test } from "vitest";
import { linkWarnings, loadStart } from "../../../runners/support/run-load.ts";

/** A client that ran for 14 seconds around a load of 10. */
const CLIENT = { started: 100, ended: 114 };

test("a load at the end stops just before its client exits", () => {
  expect(loadStart("last", CLIENT, 10)).toBeCloseTo(103.995);
});

test("a load at the start begins just after its client started", () => {
  expect(loadStart("first", CLIENT, 10)).toBeCloseTo(100.005);
});

test("warns about a saturated link, with the percentage", () => {
  expect(linkWarnings(956e6, 1e9)).toEqual([
    { code: "link-limited", message: expect.stringMatching(/96 % .*1000 Mbit\/s/) as string },
  ]);
});

test("does not warn below 95 %, or on an unlimited link", () => {
  expect(linkWarnings(949e6, 1e9)).toEqual([]);
  expect(linkWarnings(5e10, null)).toEqual([]);
});
