import { describe, expect, it } from "vitest";
import {
  confirmationBlocks,
  confirmationChoices,
  MAX_CONFIRMATION_BLOCKS,
  MIN_CONFIRMATION_BLOCKS,
  timeBound,
  type BasePlugin,
  type Suspects,
} from "../../../engine/gate/plan-confirmation.ts";
import { filterPlan } from "../../../engine/plan/plan-filter.ts";
import type { Plan } from "../../../engine/plan/make-plan.ts";
import { plugins } from "../../../plugins/index.ts";
import type { ComparedCell, ComparedClause } from "../../../results/index.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { runners } from "../../../runners/index.ts";
import type { RunChoices } from "../../../engine/plan/definition.ts";
import { fakeChoices } from "../fake-run.ts";
import { planOf, scenarioOf, suiteOf } from "../plan/plan-builders.ts";

const PODS = scenarioOf({ name: "pods", runner: "lifecycle", repetitions: 20 });
const TCP = scenarioOf({ name: "tcp", runner: "iperf3", paths: ["same-node", "cross-node"], params: { omit: 0.2 } });
const SUITE = suiteOf({ name: "mixed", blocks: 10, scenarios: [PODS, TCP], headlines: ["pods/same-node/add-time"] });
const OTHER = suiteOf({ name: "other", blocks: { min: 6, max: 20, until: "2%" }, scenarios: [PODS] });

const BASE: BasePlugin = {
  ...{ head: "ptp", pluginSpec: "ptp@/base" },
  plugin: { ...plugins.ptp, name: "ptp-in-base", binDir: "/base" },
};

const choices: RunChoices = fakeChoices(netns, {
  ...{ suites: [SUITE, OTHER], plugins: [plugins.bridge, plugins.ptp], pluginSpecs: null, runners, seed: 7 },
});

function suspect(fields: Partial<ComparedCell>): ComparedCell {
  const cell: Partial<ComparedCell> = {
    ...{ suite: "mixed", scenario: "pods", path: "same-node", metric: "add-time" },
    ...{ plugin: { base: "ptp", head: "ptp" }, reference: { kind: "none" }, ...fields },
  };
  return cell as ComparedCell;
}

function cells(...suspects: readonly ComparedCell[]): Suspects {
  return { cells: suspects, clauses: [] };
}

/** Plans the choices as a session does. */
function plan({ suites, plugins: own, only, seed }: RunChoices): Plan {
  return filterPlan(planOf({ suites, plugins: own, seed }), only);
}

function tasksOf(planned: Plan): string[] {
  return planned.tasks.map(({ id }) => id);
}

describe("confirmationChoices", () => {
  it("measures the suspected tasks of the head and of the base only", () => {
    const again = confirmationChoices(choices, cells(suspect({}), suspect({ metric: "del-time" })), {
      bases: [BASE],
      blocks: 8,
    });
    const planned = plan(again);
    expect(tasksOf(planned)).toEqual(["mixed/pods/ptp/netns/same-node", "mixed/pods/ptp-in-base/netns/same-node"]);
    expect(planned.order).toHaveLength(8);
    expect(new Set(planned.order.flat())).toEqual(new Set(["ptp", "ptp-in-base"]));
  });

  it("measures the baseline with loads, and only the suspected path", () => {
    const load = suspect({
      scenario: "tcp",
      path: "cross-node",
      metric: "throughput",
      reference: { kind: "baseline" },
    });
    const planned = plan(confirmationChoices(choices, cells(load), { bases: [BASE], blocks: 6 }));
    expect(tasksOf(planned)).toEqual([
      "mixed/tcp/host/netns/host",
      "mixed/tcp/ptp/netns/cross-node",
      "mixed/tcp/ptp-in-base/netns/cross-node",
    ]);
  });

  it("tests suspected clauses again, of the head and of the base only", () => {
    const core = scenarioOf({ name: "core", runner: "conformance" });
    const suite = suiteOf({ name: "mixed", blocks: 10, scenarios: [PODS, core] });
    const clause = { suite: "mixed", scenario: "core", plugin: { base: "ptp", head: "ptp" } } as ComparedClause;
    const suspects = { cells: [], clauses: [clause, clause] };
    const again = confirmationChoices({ ...choices, suites: [suite] }, suspects, { bases: [BASE], blocks: 1 });
    const planned = plan(again);
    expect(tasksOf(planned)).toEqual(["mixed/core/ptp/netns", "mixed/core/ptp-in-base/netns"]);
    expect(planned.checks.map(({ id }) => id)).toEqual(tasksOf(planned));
  });

  it("measures the reference plugin without a binary of the base", () => {
    const divided = suspect({ reference: { kind: "plugin", name: "bridge" } });
    const planned = plan(confirmationChoices(choices, cells(divided), { bases: [], blocks: 6 }));
    expect(tasksOf(planned)).toEqual(["mixed/pods/bridge/netns/same-node", "mixed/pods/ptp/netns/same-node"]);
  });

  it("has a fixed number of blocks, no headlines, and another order of plugins", () => {
    const again = confirmationChoices(choices, cells(suspect({ suite: "other" })), { bases: [], blocks: 6 });
    expect(again.suites.map(({ name, blocks, headlines }) => [name, blocks, headlines])).toEqual([["other", 6, []]]);
    expect(again.exploratory).toBe(true);
    expect(again.seed).not.toBe(choices.seed);
  });

  it("stores specs of the plugins of the base", () => {
    const design = { bases: [BASE], blocks: 6 };
    expect(confirmationChoices(choices, cells(suspect({})), design).pluginSpecs).toEqual([
      "bridge",
      "ptp",
      "ptp@/base",
    ]);
    const given = { ...choices, pluginSpecs: ["ptp"] };
    expect(confirmationChoices(given, cells(suspect({})), design).pluginSpecs).toEqual(["ptp", "ptp@/base"]);
    expect(confirmationChoices(given, cells(suspect({})), { ...design, bases: [] }).pluginSpecs).toEqual(["ptp"]);
  });
});

describe("confirmationBlocks", () => {
  const blocksAfter = (blocks: number, suspects: readonly ComparedCell[]): number => {
    const first = planOf({ suites: [{ ...SUITE, blocks }], plugins: [plugins.ptp] });
    const again = { ...choices, plugins: [plugins.ptp] };
    return confirmationBlocks(
      first,
      plan(confirmationChoices(again, cells(...suspects), { bases: [BASE], blocks: 1 })),
      1,
    );
  };
  const load = { scenario: "tcp", metric: "throughput" };

  it("is the largest number for few suspects", () => {
    expect(blocksAfter(6, [suspect({ ...load, path: "cross-node" })])).toBe(MAX_CONFIRMATION_BLOCKS);
  });

  it("is at most that of the first measurement if everything is measured with both binaries", () => {
    const pods = SUITE.scenarios.filter(({ name }) => name === "pods");
    const first = planOf({ suites: [{ ...SUITE, scenarios: pods, blocks: 7 }], plugins: [plugins.ptp] });
    const again = { ...choices, plugins: [plugins.ptp] };
    const block = plan(confirmationChoices(again, cells(suspect({})), { bases: [BASE], blocks: 1 }));
    expect(confirmationBlocks(first, block, 1)).toBe(7);
  });

  it("is enough for an interval, however short the first measurement was", () => {
    const all = [suspect({}), suspect({ ...load, path: "same-node" }), suspect({ ...load, path: "cross-node" })];
    expect(blocksAfter(1, all)).toBe(MIN_CONFIRMATION_BLOCKS);
  });
});

describe("timeBound", () => {
  const first = planOf({ suites: [SUITE], plugins: [plugins.ptp] });

  it("expects the duration that the first measurement had, and allows more", () => {
    const unknown = timeBound(first, first, { perDeployment: 1, measured: null });
    const slow = timeBound(first, first, { perDeployment: 1, measured: 600 });
    expect(slow.expected).toBeCloseTo(600);
    expect(slow.limit).toBeGreaterThan(2 * slow.expected);
    expect(unknown.limit).toBeGreaterThan(unknown.expected);
    expect(timeBound(first, first, { perDeployment: 1, measured: 1 }).limit).toBeGreaterThan(60);
  });
});
