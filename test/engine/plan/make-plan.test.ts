/** Skip reasons in plans, and the assignment of tasks to deployments by pod addresses. */
import { expect, test } from "vitest";
import type { Family } from "../../../core/model.ts";
import type { PlanInput } from "../../../engine/plan/make-plan.ts";
import type { KernelFeature } from "../../../engine/preflight/kernel-probe.ts";
import { schedule } from "../../../engine/plan/schedule.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Suite } from "../../../suites/suite.ts";
import { planOf, scenarioOf, suiteOf } from "./plan-builders.ts";

const { bridge, "host-device": hostDevice, ipvlan, ptp, simplecni } = plugins;

/** Returns a suite with a scenario of runners `lifecycle` and `conformance` for each family. */
function podsOf(...families: readonly Family[]): Suite {
  const scenarios = families.flatMap((family) => [
    scenarioOf({ name: `pods-${family}`, runner: "lifecycle", family }),
    scenarioOf({ name: `core-${family}`, runner: "conformance", family }),
  ]);
  return suiteOf({ scenarios });
}

function planWithout(missing: readonly KernelFeature[], suite: Suite, chosen: PlanInput["plugins"]) {
  return planOf({ suites: [suite], plugins: chosen, missingFeatures: new Set(missing) });
}

test("a plugin whose link type the kernel lacks is skipped in cells and checks and never deployed", () => {
  const plan = planWithout(["ipvlan"], podsOf("ipv4"), [bridge, ipvlan]);
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
      planWithout(missing, podsOf("ipv4", "ipv6", "dual"), [bridge, simplecni]).checks.map(
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
  return suiteOf({
    scenarios: scenarios.map(([existing, podRange]) =>
      scenarioOf({ name: `add-${existing}`, runner: "crowd", podRange, params: { existing, pods: 1 } }),
    ),
  });
}

test("a plugin is skipped if it does not support the pod range or the number of pods on a node", () => {
  const { cells } = planOf({
    suites: [crowdOf([200, 24], [1000, 20], [1020, 20], [1021, 20])],
    plugins: [bridge, ptp, simplecni],
  });
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
    schedule(planOf({ suites: [suite], plugins: [bridge] }), () => false).map(({ work }) =>
      work.map(({ task }) => task.scenario.name),
    );
  expect(names(podsOf("dual", "ipv4"))).toEqual([
    ["pods-dual", "core-dual"],
    ["pods-ipv4", "core-ipv4"],
  ]);
  expect(names(crowdOf([0, 24], [1000, 20], [200, 24]))).toEqual([["add-0", "add-200"], ["add-1000"]]);
});

test("a plugin that takes an interface per pod is skipped if too few are spare, and in conformance scenarios", () => {
  const scenarios = [...crowdOf([0, 24], [1, 24]).scenarios, ...podsOf("ipv4").scenarios];
  const plan = planOf({ suites: [suiteOf({ scenarios })], plugins: [hostDevice] });
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
