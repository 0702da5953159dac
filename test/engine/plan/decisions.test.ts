import { expect, it } from "vitest";
import { decisionsOf, requireDecidableHeadlines } from "../../../engine/plan/decisions.ts";
import { defaultBands } from "../../../results/index.ts";
import type { Suite } from "../../../suites/index.ts";
import { suiteOf } from "./plan-builders.ts";

function suite(name: string, blocks: number, headlines: readonly string[]): Suite {
  return suiteOf({ name, blocks, headlines });
}

it("counts the headlines of all suites of a run", () => {
  const suites = [suite("a", 7, ["x/host/cpu", "y/host/cpu"]), suite("b", 10, ["z/host/cpu"])];
  expect(() => requireDecidableHeadlines(suites, 3)).not.toThrow();
  const four = [...suites, suite("c", 10, ["z/host/cpu"])];
  expect(() => requireDecidableHeadlines(four, 3)).toThrow(
    /^4 headline questions .* at least 8 blocks, .*--exploratory/,
  );
  expect(() => requireDecidableHeadlines([suite("a", 1, [])], 3)).not.toThrow();
});

it("considers the number of plugins, and needs no blocks for a single one", () => {
  const four = [suite("a", 9, ["w/host/cpu", "x/host/cpu", "y/host/cpu", "z/host/cpu"])];
  expect(() => requireDecidableHeadlines(four, 8)).not.toThrow();
  expect(() => requireDecidableHeadlines(four, 9)).toThrow("use --blocks 13");
  expect(() => requireDecidableHeadlines([{ ...(four[0] as Suite), blocks: 1 }], 1)).not.toThrow();
});

it("returns the IDs of the headlines, and the bands", () => {
  const common = { defaultBands: defaultBands() };
  expect(decisionsOf([suite("a", 7, ["x/host/cpu"])])).toEqual({ ...common, headlines: ["a/x/host/cpu"] });
  const banded = { ...suite("a", 7, []), equivalence: { throughput: "3 %", loss: { difference: 0.01 } } };
  expect(decisionsOf([banded])).toEqual({
    ...common,
    bands: { a: { throughput: { ratio: 1.03 }, loss: { difference: 0.01 } } },
  });
  expect(decisionsOf([suite("a", 1, [])])).toEqual(common);
});
