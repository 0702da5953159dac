/** Skip reasons in plans, and the assignment of tasks to deployments by pod addresses. */
import { expect, test } from "vitest";
import type { Family } from "../../../core/model.ts";
import { makePlan, type PlanInput } from "../../../engine/plan/make-plan.ts";
import type { KernelFeature } from "../../../engine/preflight/kernel-probe.ts";
import { schedule } from "../../../engine/plan/schedule.ts";
import { plugins } from "../../../plugins/index.ts";
import { runners } from "../../../runners/index.ts";
import type { Suite } from "../../../suites/suite.ts";

const { bridge, "host-device": hostDevice, ipvlan, ptp, simplecni } = plugins;

function suiteOf(...families: readonly Family[]): Suite {
  const scenario = (name: string, runner: string, family: Family) => ({
    name: `${name}-${family}`,
    runner,
    paths: [],
    family,
    podRange: 24,
    repetitions: 1,
    params: {},
  });
  const scenarios = families.flatMap((family) => [
    scenario("pods", "lifecycle", family),
    scenario("core", "conformance", family),
  ]);
  return { name: "s", description: "", blocks: 1, headlines: [], equivalence: {}, duration: 1, scenarios };
}

function planOf(suite: Suite, missing: readonly KernelFeature[], chosen: PlanInput["plugins"]) {
  return makePlan({
    suites: [suite],
    plugins: chosen,
    runners,
    cluster: "netns",
    api: "bare",
    clusterReason: "",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(missing),
  });
}

test("a plugin whose link type the kernel lacks is skipped in cells and checks and never deployed", () => {
  const plan = planOf(suiteOf("ipv4"), ["ipvlan"], [bridge, ipvlan]);
  const reasons = new Set(plan.cells.filter(({ plugin }) => plugin === "ipvlan").map(({ skip }) => skip));
  expect([...reasons]).toEqual(["the kernel lacks ipvlan"]);
  expect(plan.checks).toEqual([
    { id: "s/core-ipv4/bridge/netns", plugin: "bridge" },
    { id: "s/core-ipv4/ipvlan/netns", plugin: "ipvlan", skip: "the kernel lacks ipvlan" },
  ]);
  expect(schedule(plan, () => false).map(({ plugin }) => plugin)).toEqual(["bridge"]);
});

test("unsupported families are skipped, as is everything but IPv4 on a kernel without IPv6", () => {
  const reasonsOf = (missing: readonly KernelFeature[]) => [
    ...new Set(
      planOf(suiteOf("ipv4", "ipv6", "dual"), missing, [bridge, simplecni]).checks.map(
        ({ plugin, id, skip }) => `${plugin} ${id.split("/")[1]}: ${skip}`,
      ),
    ),
  ];
  expect(reasonsOf([])).toEqual([
    "bridge core-ipv4: undefined",
    "simplecni core-ipv4: undefined",
    "bridge core-ipv6: undefined",
    "simplecni core-ipv6: simplecni supports only ipv4, not ipv6",
    "bridge core-dual: undefined",
    "simplecni core-dual: simplecni supports only ipv4, not dual",
  ]);
  expect(reasonsOf(["IPv6"]).filter((line) => line.startsWith("bridge"))).toEqual([
    "bridge core-ipv4: undefined",
    "bridge core-ipv6: the kernel lacks IPv6",
    "bridge core-dual: the kernel lacks IPv6",
  ]);
});

/** Returns a suite with a scenario of runner `crowd` for each number of existing pods and prefix length. */
function crowdOf(...scenarios: readonly (readonly [existing: number, podRange: number])[]): Suite {
  const common = { runner: "crowd", paths: [], family: "ipv4", repetitions: 1 } as const;
  return {
    ...suiteOf(),
    scenarios: scenarios.map(([existing, podRange]) => ({
      ...common,
      name: `add-${existing}`,
      podRange,
      params: { existing, pods: 1 },
    })),
  };
}

test("a plugin is skipped if it does not support the pod range or the number of pods on a node", () => {
  const { cells } = planOf(crowdOf([200, 24], [1000, 20], [1020, 20], [1021, 20]), [], [bridge, ptp, simplecni]);
  const reasons = new Map(
    cells
      .filter(({ metric }) => metric === "add-time")
      .map(({ scenario, plugin, skip }) => [`${scenario} ${plugin}`, skip]),
  );
  const skipped = [...reasons].filter(([, skip]) => skip !== undefined);
  expect(skipped).toEqual([
    ["add-1000 simplecni", "simplecni supports pod ranges up to /24 per node, not /20"],
    ["add-1020 simplecni", "simplecni supports pod ranges up to /24 per node, not /20"],
    ["add-1021 bridge", expect.stringMatching(/1023 ports; this scenario needs 1024 pods on a node$/)],
    ["add-1021 simplecni", "simplecni supports pod ranges up to /24 per node, not /20"],
  ]);
});

test("a deployment has one family and one size of pod ranges", () => {
  const names = (suite: Suite) =>
    schedule(planOf(suite, [], [bridge]), () => false).map(({ work }) => work.map(({ task }) => task.scenario.name));
  expect(names(suiteOf("dual", "ipv4"))).toEqual([
    ["pods-dual", "core-dual"],
    ["pods-ipv4", "core-ipv4"],
  ]);
  expect(names(crowdOf([0, 24], [1000, 20], [200, 24]))).toEqual([["add-0", "add-200"], ["add-1000"]]);
});

test("a plugin that takes an interface per pod is skipped if too few are spare, and in conformance scenarios", () => {
  const suite = crowdOf([0, 24], [1, 24]);
  const plan = planOf({ ...suite, scenarios: [...suite.scenarios, ...suiteOf("ipv4").scenarios] }, [], [hostDevice]);
  expect(plan.tasks.map(({ scenario, skip }) => [scenario.name, skip])).toEqual([
    ["add-0", undefined],
    ["add-1", expect.stringMatching(/interface.* 3 .*; this scenario needs 4 pods on a node$/)],
    ["pods-ipv4", undefined],
    [
      "core-ipv4",
      'the configuration of host-device names an interface of the nodes; use "cnibench conformance" instead',
    ],
  ]);
});
