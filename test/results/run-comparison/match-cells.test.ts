import { expect, it } from "vitest";
import type { Environment } from "../../../results/environment-facts.ts";
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

it("compares the loads of all runs with each other, also if the first one does not state a parameter", () => {
  const run = (id: string, params: object) => foldRun(comparedRun({ id, ...scenario({ params }) }));
  const runs = { base: [run("a", {}), run("b", { streams: 1 })], head: [run("c", { streams: 8 })] };
  const { uncompared } = matchCells({ ...runs, renamed: new Map() });
  expect(uncompared[0]?.reason).toBe("the loads differ: streams is 1 and 8");
});

function cluster(differences: Partial<Environment["cluster"]>, runner = "netperf"): Partial<RunOptions> {
  const questions = (["latency-p50", "transactions", "cpu", "cpu-daemons", "throughput"] as const).map((metric) => ({
    ...{ scenario: "tcp-1", runner, metric, paths: ["cross-node"] as const },
  }));
  return {
    ...{ questions, plugins: ["p"], ...scenario({ params: { omit: 0.2 } }) },
    environment: (environment) => ({ cluster: { ...environment.cluster, ...differences } }),
  };
}

const AWAKE = { means: "cpu_dma_latency", reason: null } as const;
const SPINNING = { means: "spinners", reason: null } as const;
const ASLEEP = { means: null, reason: "--no-keep-awake" } as const;

it.each<[string, Partial<Environment["cluster"]>, Partial<Environment["cluster"]>, readonly string[]]>([
  ["awake and sleeping CPUs", { keepAwake: ASLEEP }, { keepAwake: AWAKE }, ["latency-p50", "transactions"]],
  ["older runs, in which CPUs slept", {}, { keepAwake: AWAKE }, ["latency-p50", "transactions"]],
  ["other means", { keepAwake: SPINNING }, { keepAwake: AWAKE }, ["latency-p50", "transactions"]],
  ["other reasons", {}, { keepAwake: ASLEEP }, []],
  ["CPU time of processes and machines", {}, { cpuAccounting: "processes" }, ["cpu"]],
  ["interleaved plugins", {}, { interleaving: { applied: true, reason: null } }, []],
])("does not compare metrics that depend on how they were measured: %s", (_, base, head, metrics) => {
  const { matched, uncompared } = match(cluster(base), cluster(head));
  expect(uncompared.map(({ cell }) => cell.metric)).toEqual(metrics);
  for (const cell of uncompared)
    expect([cell.base, cell.head, / differ: /.test(cell.reason)]).toEqual(["measured", "measured", true]);
  expect(matched).toHaveLength(5 - metrics.length);
});

it.each(["ping-loaded", "dns", "api-server"])("compares latencies of %s, which keeps no CPUs awake", (runner) => {
  const { uncompared } = match(cluster({ keepAwake: ASLEEP }, runner), cluster({ keepAwake: AWAKE }, runner));
  expect(uncompared).toEqual([]);
});

it("compares the warm-up that the cluster needs", () => {
  const { uncompared } = match(cluster({ minWarmUp: 0 }), cluster({ minWarmUp: 1 }));
  expect(uncompared[0]?.reason).toBe("the loads differ: omit is 0.2 and 1");
  const longer = scenario({ params: { omit: 1 } });
  const equal = match({ ...cluster({ minWarmUp: 0 }), ...longer }, cluster({ minWarmUp: 1 }));
  expect(equal.uncompared).toEqual([]);
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
