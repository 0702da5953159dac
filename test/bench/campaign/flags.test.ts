import { expect, it } from "vitest";
import { readFlags } from "../../../bench/campaign/flags.ts";
import { UsageError } from "../../../core/errors.ts";

it("reads the options, whose defaults depend on --cut", () => {
  expect(readFlags(["aa"])).toMatchObject({ cut: false, limit: Infinity, counts: { equal: 20 } });
  expect(readFlags(["aa"]).out).not.toBeNull();
  expect(readFlags(["aa", "--cut"])).toMatchObject({ cut: true, out: null, counts: { equal: 2, slowed: 1 } });
  const written = ["aa", "--out", "dir", "--limit", "5m", "--runs", "3", "--slowed-runs", "0"];
  expect(readFlags(written)).toEqual({ cut: false, out: "dir", limit: 300, counts: { equal: 3, slowed: 0 } });
});

it.each([[[]], [["bb"]], [["aa", "aa"]], [["aa", "--fast"]], [["aa", "--limit", "5h"]], [["aa", "--runs", "-1"]]])(
  "refuses %j",
  (args) => {
    expect(() => readFlags(args)).toThrow(UsageError);
  },
);
