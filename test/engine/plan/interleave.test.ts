/** Which deployments exist at the same time, and in which order their scenarios are measured. */
import { expect, it, test } from "vitest";
import { clusters } from "../../../clusters/index.ts";
import { interleavingOf, roundsOf, turnsOf } from "../../../engine/plan/interleave.ts";
import { schedule, type DeploymentSlot } from "../../../engine/plan/schedule.ts";
import { plugins } from "../../../plugins/index.ts";
import { planOf, scenarioOf, suiteOf } from "./plan-builders.ts";

const { kind, netns } = clusters;
const paths = ["same-node", "cross-node"] as const;
const scenarios = [
  scenarioOf({ name: "tcp", runner: "iperf3", paths }),
  scenarioOf({ name: "six", runner: "ping", paths: ["same-node"], family: "ipv6" }),
  scenarioOf({ name: "pods", runner: "lifecycle", repetitions: 2 }),
];
const plan = {
  ...planOf({ suites: [suiteOf({ blocks: 2, scenarios })], plugins: [plugins.bridge, plugins.ptp] }),
  order: [
    ["ptp", "host", "bridge"],
    ["host", "bridge", "ptp"],
  ],
};
const slots = schedule(plan, () => false);
const namesOf = (rounds: readonly (readonly DeploymentSlot[])[]) =>
  rounds.map((round) => round.map(({ block, plugin, work }) => `${block} ${plugin} ${work.length}`));

it("puts the deployments of a block with the same addresses into one round", () => {
  expect(namesOf(roundsOf(slots, { applied: true, reason: null }))).toEqual([
    ["1 ptp 3", "1 host 1", "1 bridge 3"],
    ["1 ptp 1", "1 host 1", "1 bridge 1"],
    ["2 host 1", "2 bridge 3", "2 ptp 3"],
    ["2 host 1", "2 bridge 1", "2 ptp 1"],
  ]);
  expect(roundsOf(slots, { applied: false, reason: "" })).toEqual(slots.map((slot) => [slot]));
});

const turnNames = (round: readonly DeploymentSlot[]) =>
  turnsOf(
    round.map((slot) => ({ slot })),
    plan.tasks,
  ).map(
    ({ deployed: { slot }, pending: { task, reps } }) =>
      `${slot.plugin} ${task.scenario.name} ${task.path} ${reps.join("")}`,
  );

it("lets the plugins and the baseline take turns in each scenario and on each path", () => {
  const [round = []] = roundsOf(slots, { applied: true, reason: null });
  expect(turnNames(round)).toEqual([
    "ptp tcp same-node 1",
    "host tcp host 1",
    "bridge tcp same-node 1",
    "ptp tcp cross-node 1",
    "bridge tcp cross-node 1",
    "ptp pods same-node 12",
    "bridge pods same-node 12",
  ]);
});

it("takes turns in what a resumed run has left", () => {
  const isFinished = (task: string, block: number, rep: number): boolean =>
    block === 1 && (task.includes("/tcp/ptp/") || (task.includes("/pods/ptp/") && rep === 1));
  const [, round = []] = roundsOf(schedule(plan, isFinished), { applied: true, reason: null });
  expect(turnNames(round)).toEqual([
    "host tcp host 1",
    "bridge tcp same-node 1",
    "bridge tcp cross-node 1",
    "ptp pods same-node 2",
    "bridge pods same-node 12",
  ]);
});

it("keeps the order of a single deployment", () => {
  for (const slot of slots) expect(turnsOf([{ slot }], plan.tasks).map(({ pending }) => pending)).toEqual(slot.work);
});

const { bridge, ptp, macvlan, ipvlan, flannel } = plugins;

test.each([
  ["nothing prevents it", { kind: netns, plugins: [bridge, ptp], nodes: 2 }, null],
  ["the kind does not allow it", { kind, plugins: [bridge], nodes: 2 }, /^kind clusters are used one at a time/],
  ["a plugin has daemons", { kind: netns, plugins: [bridge, flannel], nodes: 2 }, /^daemons of flannel would run/],
  ["there are too many nodes", { kind: netns, plugins: [bridge, ptp, macvlan, ipvlan], nodes: 16 }, /^80 nodes/],
])("decides whether to interleave: %s", (_, setup, expected) => {
  const { applied, reason } = interleavingOf(setup);
  expect(applied).toBe(expected === null);
  if (expected === null) expect(reason).toBeNull();
  else expect(reason).toMatch(expected);
});
