import { expect, test } from "vitest";
import { confirm, isYes } from "../../../cli/terminal/confirm.ts";

test.each(["y", "Y", "yes", " YES "])("%j is a yes", (answer) => {
  expect([isYes(answer, true), isYes(answer, false)]).toEqual([true, true]);
});

test.each(["n", "no", "yep", "j", "1"])("%j is a no", (answer) => {
  expect([isYes(answer, true), isYes(answer, false)]).toEqual([false, false]);
});

test("an empty line is the default", () => {
  expect([isYes("", true), isYes(" ", false)]).toEqual([true, false]);
});

test("declines without a terminal", async () => {
  expect(process.stdin.isTTY && process.stderr.isTTY).toBeFalsy();
  expect(await confirm("Continue?", true, new AbortController().signal)).toBeNull();
});
