import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { didYouMean, matchesGlob, quoteArgv } from "../../core/text.ts";

describe("matchesGlob", () => {
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
});

test("didYouMean suggests the nearest name, unless none resembles the typed one", () => {
  expect(didYouMean("brige", ["ptp", "bridge"])).toBe(' (did you mean "bridge"?)');
  expect(didYouMean("xyz", ["bridge", "flannel"])).toBe("");
  expect(didYouMean("bridge", [])).toBe("");
});

test("a quoted command line is split by a shell into the same words", () => {
  const argv = ["printf", "%s|", "", "a b", "it's", "$HOME;*", "plain/1.2:3"];
  expect(quoteArgv(argv)).toBe(`printf '%s|' '' 'a b' 'it'\\''s' '$HOME;*' plain/1.2:3`);
  expect(execFileSync("sh", ["-c", quoteArgv(argv)], { encoding: "utf8" })).toBe("|a b|it's|$HOME;*|plain/1.2:3|");
});
