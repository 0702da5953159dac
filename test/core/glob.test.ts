import { expect, test } from "vitest";
import { matchesGlob } from "../../core/glob.ts";

test.each([
  ["quick/tcp-1/bridge", "quick/tcp-1/bridge"],
  ["quick/tcp-1/bridge", "*"],
  ["quick/tcp-1/bridge", "*/bridge"],
  ["quick/tcp-1/bridge", "quick/*/bridge"],
  ["quick/tcp-1/bridge", "*tcp*br*"],
  ["aXbXb", "a*b*b"],
  ["", "*"],
])("%s matches %s", (text, glob) => {
  expect(matchesGlob(text, glob)).toBe(true);
});

test.each([
  ["quick/tcp-1/bridge", "bridge"],
  ["quick/tcp-1/bridge", "quick/*/ptp"],
  ["aba", "ab*ba"],
  ["ab", "a*b*b"],
  ["a.c", "abc"],
  ["x", ""],
])("%s does not match %s", (text, glob) => {
  expect(matchesGlob(text, glob)).toBe(false);
});

test("needs no backtracking, even for a pathological pattern", () => {
  const started = performance.now();
  expect(matchesGlob("a".repeat(1300), `${"*a".repeat(600)}*b`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(100);
});
