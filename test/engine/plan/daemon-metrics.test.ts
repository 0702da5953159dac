/** Daemon metrics in a plan: absent for plugins without daemons, skipped if the processes are hidden. */
import { expect, test } from "vitest";
import type { PlanInput } from "../../../engine/plan/make-plan.ts";
import { plugins } from "../../../plugins/index.ts";
import { planOf, scenarioOf, suiteOf } from "./plan-builders.ts";

const { bridge, flannel, simplecni } = plugins;
const scenarios = ["iperf3", "netperf", "ping", "lifecycle"].map((runner) =>
  scenarioOf({ name: runner, runner, paths: ["cross-node"] }),
);

function cellsOf(input: Pick<PlanInput, "plugins" | "cluster" | "api" | "hidesProcesses">): string[] {
  const { cells } = planOf({ suites: [suiteOf({ scenarios })], ...input });
  const daemonCells = cells.filter(({ metric }) => metric.includes("daemons") || metric === "memory");
  return daemonCells.map(({ plugin, scenario, metric, skip }) =>
    [plugin, scenario, metric, ...(skip === undefined ? [] : [skip])].join(" "),
  );
}

const DAEMON_CELLS = [
  "iperf3 cpu-daemons",
  "iperf3 memory",
  "iperf3 cpu-daemons-per-gbit",
  "netperf cpu-daemons",
  "netperf memory",
];

test("loads of plugins with daemons have daemon cells, per Gbit/s if they measure throughput", () => {
  expect(cellsOf({ plugins: [bridge, flannel, simplecni], cluster: "netns", api: "bare" })).toEqual(
    DAEMON_CELLS.map((cell) => `flannel ${cell}`),
  );
  expect(cellsOf({ plugins: [simplecni], cluster: "kind", api: "kubernetes" })).toEqual(
    DAEMON_CELLS.map((cell) => `simplecni ${cell}`),
  );
});

test("daemon cells are skipped if the shells of the nodes see only their own processes", () => {
  const reason = "nodes of kubeconfig clusters are accessed through pods, which cannot see other processes";
  expect(cellsOf({ plugins: [flannel], cluster: "kubeconfig", api: "kubernetes", hidesProcesses: true })).toEqual(
    DAEMON_CELLS.map((cell) => `flannel ${cell} ${reason}`),
  );
});
