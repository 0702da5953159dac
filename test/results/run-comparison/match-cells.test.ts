import { expect, it } from "vitest";
import type { RunFile } from "../../../results/record.ts";
import { foldRun } from "../../../results/run-comparison/folded-run.ts";
import { matchCells } from "../../../results/run-comparison/match-cells.ts";
import { comparedRun, type RunOptions } from "../../helpers/compared-run.ts";

function match(base: Partial<RunOptions>, head: Partial<RunOptions>) {
  const fold = (id: string, options: Partial<RunOptions>) => [foldRun(comparedRun({ id, ...options }))];
  return matchCells({ base: fold("a", base), head: fold("b", head), renamed: new Map() });
}

/** Returns run.json with a stored scenario tcp-1. */
function scenario(facts: object): Partial<RunOptions> {
  const suites = [{ name: "quick", scenarios: [{ name: "tcp-1", family: "ipv4", ...facts }] }];
  return { change: ({ definition }: RunFile) => ({ definition: { ...definition, suites } }) };
}

it("matches cells with the same load, without the baseline", () => {
  const { matched, uncompared } = match(scenario({ params: { streams: 1 } }), scenario({ params: { streams: 1 } }));
  expect(matched.map(({ key }) => key.id)).toEqual([
    "quick/tcp-1/bridge/netns/cross-node/throughput",
    "quick/tcp-1/p/netns/cross-node/throughput",
    "quick/pods/bridge/netns/same-node/add-time",
    "quick/pods/p/netns/same-node/add-time",
  ]);
  expect(uncompared).toEqual([]);
});

it.each<[string, Partial<RunOptions>, string]>([
  ["parameters", scenario({ params: { streams: 8 } }), "the loads differ: streams is 1 and 8"],
  ["families", scenario({ params: { streams: 1 }, family: "ipv6" }), 'the loads differ: family is "ipv4" and "ipv6"'],
])("does not match different %s", (_, head, reason) => {
  const { matched, uncompared } = match(scenario({ params: { streams: 1 } }), head);
  expect(matched.map(({ key }) => key.scenario)).toEqual(["pods", "pods"]);
  expect(uncompared.map((cell) => cell.reason)).toEqual([reason, reason]);
});

it("accepts parameters that one version does not state", () => {
  const { matched } = match(scenario({ params: { streams: 1 } }), scenario({ params: { streams: 1, omit: 3 } }));
  expect(matched).toHaveLength(4);
  expect(match(scenario({}), { change: () => ({}) }).matched).toHaveLength(4);
});

it("does not match another duration", () => {
  const longer: Partial<RunOptions> = {
    change: ({ plan }) => ({ plan: { ...plan, cells: plan.cells.map((cell) => ({ ...cell, duration: 10 })) } }),
  };
  expect(match({}, longer).uncompared[0]?.reason).toBe("the loads differ: duration is 1 and 10");
});

it("lists cells that are missing in any run of a side", () => {
  const runs = ["a", "b"].map((id) => foldRun(comparedRun({ id })));
  const partial = foldRun(comparedRun({ id: "c", plugins: ["bridge"] }));
  const { matched, uncompared } = matchCells({ base: runs, head: [...runs, partial], renamed: new Map() });
  expect(matched).toHaveLength(2);
  expect(uncompared.map(({ base, head, reason }) => [base, head, reason])).toEqual([
    ["measured", "missing", "only in base"],
    ["measured", "missing", "only in base"],
  ]);
});
