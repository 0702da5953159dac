import { expect, it } from "vitest";
import { readFlags } from "../../../bench/campaign/flags.ts";
import { UsageError } from "../../../core/errors.ts";

it("reads the options, whose defaults depend on --cut", () => {
  expect(readFlags(["aa"])).toMatchObject({ cut: false, limit: Infinity, counts: { equal: 20 } });
  expect(readFlags(["aa"]).out).not.toBeNull();
  expect(readFlags(["aa", "--cut"])).toMatchObject({ cut: true, out: null, counts: { equal: 2, slowed: 1 } });
  const written = ["aa", "--out", "dir", "--limit", "5m", "--runs", "3", "--slowed-runs", "0"];
  const expected = { cut: false, out: "dir", limit: 300, counts: { equal: 3, slowed: 0 } };
  expect(readFlags(written)).toEqual({ name: "aa", ...expected });
});

it("reads the campaign of the gate, which has as many runs of each kind", () => {
  expect(readFlags(["gate"])).toMatchObject({ name: "gate", counts: { equal: 20, slowed: 20 } });
  expect(readFlags(["gate"]).out).not.toBe(readFlags(["aa"]).out);
  expect(readFlags(["gate", "--cut"])).toMatchObject({ out: null, counts: { equal: 1, slowed: 1 } });
});

it.each([[[]], [["bb"]], [["aa", "aa"]], [["aa", "--fast"]], [["aa", "--limit", "5h"]], [["aa", "--runs", "-1"]]])(
  "refuses %j",
  (args) => {
    expect(() => readFlags(args)).toThrow(UsageError);
  },
);
