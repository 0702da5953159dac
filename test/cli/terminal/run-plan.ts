/** The plan of a run of bridge and ptp with one scenario. */
import { makePlan, type Plan, type Task } from "../../../engine/plan/make-plan.ts";
import { plugins } from "../../../plugins/index.ts";
import { fakeRunner, fakeSuite } from "../../engine/fake-run.ts";

/** @param headlines without the name of the suite */
export function runPlan({ repetitions, headlines }: { repetitions: number; headlines: readonly string[] }): Plan {
  const suite = fakeSuite(9, { repetitions, paths: ["same-node", "cross-node"] });
  return makePlan({
    suites: [{ ...suite, headlines }],
    plugins: [plugins.bridge, plugins.ptp],
    runners: {
      fake: { ...fakeRunner(), paths: ["host", "same-node", "cross-node"], metrics: ["throughput", "retransmits"] },
    },
    cluster: "netns",
    api: "bare",
    clusterReason: "requested",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(),
  });
}

/** Returns a task of the plan. @param rest plugin/cluster/path */
export function taskOf({ tasks }: Plan, rest: string): Task {
  const task = tasks.find(({ id }) => id === `small/tcp/${rest}`);
  if (task === undefined) throw new Error(`the plan has no task ${rest}`);
  return task;
}
