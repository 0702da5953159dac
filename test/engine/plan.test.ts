/** What a plan says of things that cannot be measured; and that every deployment serves one family of addresses. */
import { expect, test } from "vitest";
import type { Family } from "../../core/family.ts";
import { makePlan, type PlanInput } from "../../engine/plan.ts";
import type { Lack } from "../../engine/probe.ts";
import { schedule } from "../../engine/schedule.ts";
import { plugins } from "../../plugins/index.ts";
import { runners } from "../../runners/index.ts";
import type { Suite } from "../../suites/suite.ts";

const { bridge, ipvlan, simplecni } = plugins;

function suiteOf(...families: readonly Family[]): Suite {
  const scenario = (name: string, runner: string, family: Family) => ({ name: `${name}-${family}`, runner, paths: [], family, repetitions: 1, params: {} });
  const scenarios = families.flatMap((family) => [scenario("pods", "lifecycle", family), scenario("core", "conformance", family)]);
  return { name: "s", description: "", blocks: 1, duration: 1, scenarios };
}

function planOf(suite: Suite, lacking: readonly Lack[], chosen: PlanInput["plugins"]) {
  return makePlan({ suites: [suite], plugins: chosen, runners, cluster: "netns", clusterReason: "", nodes: 2, seed: 1, lacking: new Set(lacking) });
}

test("a plugin whose link type the kernel lacks is skipped with that reason, in cells and checks, and never deployed", () => {
  const plan = planOf(suiteOf("ipv4"), ["ipvlan"], [bridge, ipvlan]);
  const reasons = new Set(plan.cells.filter(({ plugin }) => plugin === "ipvlan").map(({ skip }) => skip));
  expect([...reasons]).toEqual(["the kernel lacks ipvlan"]);
  expect(plan.checks).toEqual([
    { id: "s/core-ipv4/bridge/netns", plugin: "bridge" },
    { id: "s/core-ipv4/ipvlan/netns", plugin: "ipvlan", skip: "the kernel lacks ipvlan" },
  ]);
  expect(schedule(plan, () => false).map(({ plugin }) => plugin)).toEqual(["bridge"]);
});

test("a plugin that cannot serve a family is skipped there, and so is everything but IPv4 on a kernel without IPv6", () => {
  const reasonsOf = (lacking: readonly Lack[]) => [
    ...new Set(planOf(suiteOf("ipv4", "ipv6", "dual"), lacking, [bridge, simplecni]).checks.map(({ plugin, id, skip }) => `${plugin} ${id.split("/")[1]}: ${skip}`)),
  ];
  expect(reasonsOf([])).toEqual([
    "bridge core-ipv4: undefined",
    "simplecni core-ipv4: undefined",
    "bridge core-ipv6: undefined",
    "simplecni core-ipv6: simplecni gives pods only ipv4, not ipv6",
    "bridge core-dual: undefined",
    "simplecni core-dual: simplecni gives pods only ipv4, not dual",
  ]);
  expect(reasonsOf(["IPv6"]).filter((line) => line.startsWith("bridge"))).toEqual([
    "bridge core-ipv4: undefined",
    "bridge core-ipv6: the kernel lacks IPv6",
    "bridge core-dual: the kernel lacks IPv6",
  ]);
});

test("a deployment is for one family", () => {
  const turns = schedule(planOf(suiteOf("dual", "ipv4"), [], [bridge]), () => false);
  expect(turns.map(({ work }) => work.map(({ task }) => task.scenario.name))).toEqual([
    ["pods-ipv4", "core-ipv4"],
    ["pods-dual", "core-dual"],
  ]);
});
