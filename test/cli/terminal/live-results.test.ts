/** Values and running estimates of the main questions. */
import { expect, it } from "vitest";
import { LiveResults } from "../../../cli/terminal/live-results.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import type { Task } from "../../../engine/plan/make-plan.ts";
import { runPlan, taskOf } from "./run-plan.ts";

const plan = runPlan({ repetitions: 2, headlines: ["tcp/cross-node/throughput"] });
const baseline = taskOf(plan, "host/netns/host");
const bridge = taskOf(plan, "bridge/netns/cross-node");

function measured(task: Task, block: number, rep: number, value: number): RunEvent {
  return { kind: "measured", task, block, rep, values: { throughput: value, retransmits: 1 } };
}

it("has a row for the baseline and for each plugin of a headline question", () => {
  const { rows } = new LiveResults(plan);
  expect(rows.map(({ question, cell: { planned } }) => [question, planned.plugin])).toEqual([
    ["tcp cross-node throughput", "host"],
    ["tcp cross-node throughput", "bridge"],
    ["tcp cross-node throughput", "ptp"],
  ]);
});

it("has the main metrics of a run without headlines, on all paths", () => {
  const { rows } = new LiveResults(runPlan({ repetitions: 1, headlines: [] }));
  expect([...new Set(rows.map(({ question }) => question))]).toEqual([
    "tcp same-node throughput",
    "tcp cross-node throughput",
  ]);
});

it("names the suite of a question if there are several", () => {
  const others = plan.cells.map((cell) => ({ ...cell, id: `other/${cell.id}`, suite: "other" }));
  const { rows } = new LiveResults({
    cells: [...plan.cells, ...others],
    headlines: ["other/tcp/cross-node/throughput", "small/tcp/cross-node/throughput"],
  });
  expect([...new Set(rows.map(({ question }) => question))]).toEqual([
    "small tcp cross-node throughput",
    "other tcp cross-node throughput",
  ]);
});

it("has the baseline alone without a plugin, and no row if nothing is ranked", () => {
  const cells = plan.cells.filter(({ plugin }) => plugin === "host");
  expect(new LiveResults({ cells }).rows.map(({ question }) => question)).toEqual(["tcp host throughput"]);
  expect(new LiveResults({ cells: [] }).rows).toEqual([]);
});

it("estimates from complete blocks, as the report does", () => {
  const results = new LiveResults(plan);
  const cell = results.rows[1]?.cell;
  results.add(measured(bridge, 1, 1, 10));
  expect(cell).toMatchObject({ last: 10, median: null, interval: null, blocks: 0 });
  results.add(measured(bridge, 1, 2, 20));
  expect(cell).toMatchObject({ last: 20, median: 15, interval: null, blocks: 1 });
  for (let block = 2; block <= 6; block++)
    for (const rep of [1, 2]) results.add(measured(bridge, block, rep, block * 10));
  expect(cell).toMatchObject({ last: 60, median: 35, interval: [15, 60], blocks: 6 });
  expect(results.rows[2]?.cell).toMatchObject({ last: null, blocks: 0 });
});

it("continues with the results of earlier sessions, and replaces a repetition that is measured again", () => {
  const record = { schemaVersion: 1, kind: "repetition", startedAt: "", raw: null } as const;
  const results = new LiveResults(plan, [
    { ...record, cell: `${bridge.id}/throughput`, block: 1, rep: 1, value: 10 },
    { ...record, cell: `${bridge.id}/throughput`, block: 1, rep: 2, value: 20 },
    { ...record, cell: `${baseline.id}/throughput`, block: 1, rep: 1, error: "no route" },
    { ...record, cell: "unknown", block: 1, rep: 1, value: 1 },
  ]);
  expect(results.rows[0]?.cell.problem).toBe("failed");
  expect(results.rows[1]?.cell).toMatchObject({ median: 15, blocks: 1, problem: null });
  results.add(measured(bridge, 1, 2, 30));
  expect(results.rows[1]?.cell).toMatchObject({ median: 20, blocks: 1 });
});

it("marks the cells of failed and skipped tasks", () => {
  const results = new LiveResults(plan);
  results.add({ kind: "failed", plugin: "bridge", subject: "block 1", error: "x", tasks: [bridge] });
  results.add({ kind: "skipped", task: taskOf(plan, "ptp/netns/cross-node"), reason: "no service" });
  expect(results.rows.map(({ cell }) => cell.problem)).toEqual([null, "failed", "skipped"]);
});

it("finds the row of a task", () => {
  const results = new LiveResults(plan);
  expect(results.rowOf(taskOf(plan, "ptp/netns/cross-node"))).toBe(2);
  expect(results.rowOf(taskOf(plan, "ptp/netns/same-node"))).toBe(-1);
});
