/** Which cells a plan has for the daemons of a plugin: none where there are none, and skipped ones where nobody can see them. */
import { expect, test } from "vitest";
import { makePlan, type PlanInput } from "../../engine/plan.ts";
import { plugins } from "../../plugins/index.ts";
import { runners } from "../../runners/index.ts";
import type { Suite } from "../../suites/suite.ts";

const { bridge, flannel, simplecni } = plugins;
const common = { family: "ipv4", podRange: 24, repetitions: 1, params: {}, paths: ["cross-node"] } as const;
const scenarios = ["iperf3", "netperf", "ping", "lifecycle"].map((runner) => ({ ...common, name: runner, runner }));
const suite: Suite = { name: "s", description: "", blocks: 1, duration: 1, scenarios };

function cellsOf(input: Pick<PlanInput, "plugins" | "cluster" | "api" | "hidesProcesses">): string[] {
  const { cells } = makePlan({
    suites: [suite],
    runners,
    clusterReason: "",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(),
    ...input,
  });
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

test("beside the loads of a plugin with daemons, per Gbit/s where there is a throughput; of the others nothing", () => {
  expect(cellsOf({ plugins: [bridge, flannel, simplecni], cluster: "netns", api: "bare" })).toEqual(
    DAEMON_CELLS.map((cell) => `flannel ${cell}`),
  );
  expect(cellsOf({ plugins: [simplecni], cluster: "kind", api: "kubernetes" })).toEqual(
    DAEMON_CELLS.map((cell) => `simplecni ${cell}`),
  );
});

test("skipped where the shells of the nodes see only their own processes", () => {
  const why = "the nodes of kubeconfig clusters are entered by pods, which do not see the processes of others";
  expect(cellsOf({ plugins: [flannel], cluster: "kubeconfig", api: "kubernetes", hidesProcesses: true })).toEqual(
    DAEMON_CELLS.map((cell) => `flannel ${cell} ${why}`),
  );
});
