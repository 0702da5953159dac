/** Scenarios, suites and plans of which a test states only the facts that matter to it. */
import { makePlan, type Plan, type PlanInput } from "../../../engine/plan/make-plan.ts";
import { runners } from "../../../runners/index.ts";
import type { Scenario, Suite } from "../../../suites/suite.ts";

/** A scenario of one repetition. */
export function scenarioOf(fields: Pick<Scenario, "name" | "runner"> & Partial<Scenario>): Scenario {
  return { paths: [], family: "ipv4", podRange: 24, repetitions: 1, params: {}, ...fields };
}

/** Suite `s`: one block of one second, without headlines. */
export function suiteOf(fields: Partial<Suite> = {}): Suite {
  const decisions = { headlines: [], equivalence: {} };
  return { name: "s", description: "", blocks: 1, duration: 1, ...decisions, scenarios: [], ...fields };
}

/** A plan for two netns nodes whose kernel has every feature. */
export function planOf(input: Pick<PlanInput, "suites" | "plugins"> & Partial<PlanInput>): Plan {
  return makePlan({
    runners,
    cluster: "netns",
    api: "bare",
    clusterReason: "",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(),
    ...input,
  });
}
