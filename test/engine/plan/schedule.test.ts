/** The schedule of new and resumed runs, and the selection of cells by `--only`. */
import { describe, expect, it } from "vitest";
import { runnerFacts } from "../../../runners/index.ts";
import { filterPlan } from "../../../engine/plan/plan-filter.ts";
import type { Plan } from "../../../engine/plan/make-plan.ts";
import { schedule, type DeploymentSlot } from "../../../engine/plan/schedule.ts";
import { plugins } from "../../../plugins/index.ts";
import { loadSuite } from "../../../suites/load-suite.ts";
import { planOf } from "./plan-builders.ts";

const SUITE = `name: s
blocks: 2
duration: 1
scenarios:
  - {name: tcp, runner: iperf3, paths: [same-node], repetitions: 2}
  - {name: rr, runner: netperf, paths: [same-node]}
  - {name: pods, runner: lifecycle, repetitions: 3}
  - {name: core, runner: conformance}
`;

const loaded = loadSuite(SUITE, "s.yaml", runnerFacts());
if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));

const plan: Plan = {
  ...planOf({ suites: [loaded.suite], plugins: [plugins.bridge, plugins.ptp] }),
  order: [
    ["bridge", "host", "ptp"],
    ["ptp", "bridge", "host"],
  ],
};
const describeSlots = (slots: readonly DeploymentSlot[]) =>
  slots.map(
    ({ block, plugin, work }) =>
      `${block} ${plugin}: ${work.map(({ task, reps }) => `${task.scenario.name} ${reps.join("")}`).join(", ")}`,
  );
/** Returns a predicate for all repetitions up to a point in the order, as after an interrupt. */
const finishedUntil = (last: string) => {
  const all = schedule(plan, () => false).flatMap(({ block, work }) =>
    work.flatMap(({ task, reps }) => reps.map((rep) => `${task.id} ${block} ${rep}`)),
  );
  const finished = new Set(all.slice(0, all.indexOf(last) + 1));
  return (task: string, block: number, rep: number): boolean => finished.has(`${task} ${block} ${rep}`);
};

describe("schedule", () => {
  it("contains the entire plan if nothing is finished, and nothing if everything is", () => {
    expect(describeSlots(schedule(plan, () => false))).toEqual([
      "1 bridge: tcp 12, rr 1, pods 123, core 1",
      "1 host: tcp 12, rr 1",
      "1 ptp: tcp 12, rr 1, pods 123, core 1",
      "2 ptp: tcp 12, rr 1, pods 123",
      "2 bridge: tcp 12, rr 1, pods 123",
      "2 host: tcp 12, rr 1",
    ]);
    expect(schedule(plan, () => true)).toEqual([]);
  });

  it("repeats the baseline of an interrupted block for the scenarios that need it", () => {
    expect(describeSlots(schedule(plan, finishedUntil("s/tcp/ptp/netns/same-node 1 1"))).slice(0, 2)).toEqual([
      "1 host: tcp 12, rr 1",
      "1 ptp: tcp 2, rr 1, pods 123, core 1",
    ]);
    expect(describeSlots(schedule(plan, finishedUntil("s/tcp/ptp/netns/same-node 1 2"))).slice(0, 2)).toEqual([
      "1 host: rr 1",
      "1 ptp: rr 1, pods 123, core 1",
    ]);
  });

  it("needs no baseline for pods and verdicts, or for scenarios that are finished", () => {
    expect(describeSlots(schedule(plan, finishedUntil("s/rr/ptp/netns/same-node 1 1")))[0]).toBe(
      "1 ptp: pods 123, core 1",
    );
    expect(describeSlots(schedule(plan, finishedUntil("s/pods/ptp/netns/same-node 1 3")))[0]).toBe("1 ptp: core 1");
  });

  it("resumes a baseline that was interrupted", () => {
    expect(describeSlots(schedule(plan, finishedUntil("s/tcp/host/netns/host 2 1")))).toEqual(["2 host: tcp 2, rr 1"]);
  });
});

describe("filterPlan", () => {
  const ids = (part: Plan) => part.tasks.map(({ id }) => id);

  it("keeps the tasks of matching cells with their baseline, and the matching parts of the plan", () => {
    const part = filterPlan(plan, ["*/bridge/*/throughput"]);
    expect(ids(part)).toEqual(["s/tcp/host/netns/host", "s/tcp/bridge/netns/same-node"]);
    expect(part.order).toEqual([
      ["bridge", "host"],
      ["bridge", "host"],
    ]);
    expect(new Set(part.cells.map(({ scenario, plugin }) => `${scenario} ${plugin}`))).toEqual(
      new Set(["tcp host", "tcp bridge"]),
    );
    expect(part.checks).toEqual([]);
  });

  it("accepts several globs, including those of checks; no globs keep everything", () => {
    expect(ids(filterPlan(plan, ["s/core/ptp/*", "*/add-time"]))).toEqual([
      "s/pods/bridge/netns/same-node",
      "s/pods/ptp/netns/same-node",
      "s/core/ptp/netns",
    ]);
    expect(filterPlan(plan, [])).toBe(plan);
  });

  it("names the glob that matches nothing", () => {
    expect(() => filterPlan(plan, ["*/tcp/*", "*/udp/*"])).toThrow(/--only \*\/udp\/\*/);
  });
});
