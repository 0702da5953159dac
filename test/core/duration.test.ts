import { expect, test } from "vitest";
import { parseDuration } from "../../core/duration.ts";
import { UsageError } from "../../core/errors.ts";

test.each([
  ["10", 10],
  ["1s", 1],
  [" 7s ", 7],
  ["2m", 120],
  ["60m", 3600],
  [1, 1],
  [3600, 3600],
])("%j is %d s", (written, seconds) => {
  expect(parseDuration(written)).toBe(seconds);
});

test.each([
  "",
  " ",
  "0",
  "0.5",
  "500ms",
  "1.5s",
  0.5,
  "0s",
  "-1",
  "-1s",
  "1e99",
  "1e1",
  "NaN",
  "Infinity",
  "abc",
  "1h",
  "1 s x",
  "3601",
  "61m",
  "s",
  0,
  -1,
  1e99,
  Number.NaN,
  Number.POSITIVE_INFINITY,
])("rejects %j in one sentence", (written) => {
  expect(() => parseDuration(written)).toThrow(UsageError);
  expect(() => parseDuration(written)).toThrow(/^invalid duration "[^"\n]*": .*1s to 60m.*$/);
});

test("shortens long input and replaces control characters in the message", () => {
  expect(() => parseDuration("\u001b[31m" + "9".repeat(1000))).toThrow(/^invalid duration "\ufffd\[31m9{35}":/);
});
