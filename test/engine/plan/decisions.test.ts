import { expect, it } from "vitest";
import { decisionsOf, requireDecidableHeadlines } from "../../../engine/plan/decisions.ts";
import type { Suite } from "../../../suites/index.ts";
import { suiteOf } from "./plan-builders.ts";

function suite(name: string, blocks: number, headlines: readonly string[]): Suite {
  return suiteOf({ name, blocks, headlines });
}

it("counts the headlines of all suites of a run", () => {
  const suites = [suite("a", 7, ["x/host/cpu", "y/host/cpu"]), suite("b", 10, ["z/host/cpu"])];
  expect(() => requireDecidableHeadlines(suites)).not.toThrow();
  const one = suite("c", 10, ["z/host/cpu"]);
  expect(() => requireDecidableHeadlines([...suites, one])).toThrow(/^4 headline questions need at least 8 blocks/);
  expect(() => requireDecidableHeadlines([suite("a", 1, [])])).not.toThrow();
});

it("returns the IDs of the headlines, and the bands", () => {
  expect(decisionsOf([suite("a", 7, ["x/host/cpu"])])).toEqual({ headlines: ["a/x/host/cpu"] });
  const banded = { ...suite("a", 7, []), equivalence: { throughput: "3 %", loss: { difference: 0.01 } } };
  expect(decisionsOf([banded])).toEqual({ bands: { a: { throughput: { ratio: 1.03 }, loss: { difference: 0.01 } } } });
  expect(decisionsOf([suite("a", 1, [])])).toEqual({});
});
