/** A run of the shape of the first command in the README: the suite `quick` with its default plugins. */
import type { MetricName } from "../../core/metrics.ts";
import { maxBlocks } from "../../suites/block-count.ts";
import { storedPlan } from "../../engine/plan/definition.ts";
import { makePlan } from "../../engine/plan/make-plan.ts";
import { plugins } from "../../plugins/index.ts";
import { seededRandom } from "../../results/random.ts";
import { SCHEMA_VERSION, type PlannedCell, type Repetition } from "../../results/record.ts";
import { runnerFacts, runners } from "../../runners/index.ts";
import { loadSuite, shippedSuites } from "../../suites/index.ts";
import { gaussian, sampleRun, type SampleRun } from "./sample-run.ts";

const PLUGINS = [plugins.bridge, plugins.ptp, plugins.simplecni];
const SEED = 7;
/** Values of the baseline, or of bridge for metrics without one; 1 for all others. */
const TYPICAL: Partial<Record<MetricName, number>> = {
  throughput: 20e9,
  cpu: 1.6,
  "cpu-per-gbit": 0.08,
  mtu: 1500,
  transactions: 58_000,
  "latency-mean": 17e-6,
  "latency-p50": 16e-6,
  "latency-p90": 21e-6,
  "latency-p99": 27e-6,
  "add-time": 0.013,
  "check-time": 0.004,
  "del-time": 0.012,
  "pod-ready-time": 0.018,
};
/** Relative cost of a plugin in each metric. The slow one adds pods four times as slowly. */
const COST: Readonly<Record<string, number>> = { host: 1, bridge: 1.25, ptp: 1.22, simplecni: 1.28 };
const SLOW = { plugin: "simplecni", runner: "lifecycle", factor: 4 };
const NOISE = 0.08;

export function quickRun(): SampleRun {
  const file = shippedSuites().find(({ name }) => name === "quick");
  const loaded = loadSuite(file?.text ?? "", "quick.yaml", runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  const plan = makePlan({
    ...{ suites: [loaded.suite], plugins: PLUGINS, runners, cluster: "netns", api: "bare", nodes: 2, seed: SEED },
    ...{ clusterReason: "every plugin has a recipe for it", missingFeatures: new Set() },
  });
  const sample = sampleRun({ blocks: maxBlocks(loaded.suite.blocks) });
  const random = seededRandom(SEED);
  const records = plan.cells
    .filter(({ skip }) => skip === undefined)
    .flatMap((cell) => repetitionsOf(cell, () => 1 + NOISE * gaussian(random)));
  return {
    ...sample,
    run: { ...sample.run, plan: storedPlan(plan), command: ["cnibench", "run", "--yes"] },
    records: [...records, ...sample.records.filter(({ kind, block }) => kind === "check" && block === 1)],
  };
}

function repetitionsOf(cell: PlannedCell, noise: () => number): Repetition[] {
  const { id, metric, plugin, runner, better, blocks, repetitions } = cell;
  const slow = plugin === SLOW.plugin && runner === SLOW.runner ? SLOW.factor : 1;
  const cost = (COST[plugin] ?? 1) * slow;
  const typical = (TYPICAL[metric as MetricName] ?? 1) * (better === "higher" ? 1 / cost : cost);
  return Array.from({ length: blocks * repetitions }, (_, index) => {
    const [block, rep] = [1 + Math.floor(index / repetitions), 1 + (index % repetitions)];
    const startedAt = new Date(Date.UTC(2026, 2, 1, 12, 0, block * 20)).toISOString();
    const raw = `raw/${id.split("/").slice(0, -1).join("/")}/${block}-${rep}`;
    const value = metric === "mtu" ? typical : typical * noise();
    return { schemaVersion: SCHEMA_VERSION, kind: "repetition", cell: id, block, rep, startedAt, raw, value };
  });
}
