/** Writes a run directory with any number of samples, as a run of that size would leave it, without its raw output. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { METRICS, type MetricName } from "../core/metrics.ts";
import type { Path } from "../core/model.ts";
import { cellId, type PlannedCell, type RunFile, SCHEMA_VERSION, seededRandom } from "../results/index.ts";

const SUITE = "scale";
const CLUSTER = "netns";
const PLUGINS = ["bridge", "ptp", "simplecni"];
const STARTED_AT = "2026-03-01T12:00:00.000Z";
/** The baseline, and each plugin on each path of pods. */
const TASKS: readonly (readonly [plugin: string, path: Path])[] = [
  ["host", "host"],
  ...PLUGINS.flatMap((plugin) =>
    (["same-node", "cross-node", "service"] as const).map((path) => [plugin, path] as const),
  ),
];
const METRIC_VALUES = { throughput: 31e9, "latency-p50": 23e-6 } as const satisfies Partial<Record<MetricName, number>>;
const REPETITION_MS = 1000;
/** Relative difference between two neighboring cells, and relative spread of the values of a cell. */
const [DIFFERENCE, SPREAD] = [0.004, 0.1];

/** Writes a run with `cells` cells, a multiple of 20, of one value in each of `blocks` blocks. Its ID has the seed. */
export function writeStoredRun(dir: string, cells: number, blocks: number, seed: number): void {
  mkdirSync(dir, { recursive: true });
  const planned = plannedCells(cells, blocks);
  writeFileSync(join(dir, "run.json"), `${JSON.stringify(runFile(planned, blocks, seed), null, 2)}\n`);
  const random = seededRandom(seed);
  const file = openSync(join(dir, "results.jsonl"), "w");
  for (let block = 1; block <= blocks; block++) {
    const lines = planned.map(({ id, metric }, index) => {
      const base = METRIC_VALUES[metric as keyof typeof METRIC_VALUES];
      const value = base * (1 + DIFFERENCE * (index % TASKS.length)) * (1 + SPREAD * (random() - 0.5));
      const raw = `raw/${id.slice(0, id.lastIndexOf("/"))}/${block}-1`;
      const repetition = Math.floor((block * cells + index) / Object.keys(METRIC_VALUES).length);
      const startedAt = new Date(Date.parse(STARTED_AT) + repetition * REPETITION_MS).toISOString();
      const record = { kind: "repetition", cell: id, schemaVersion: SCHEMA_VERSION, block, rep: 1 };
      return `${JSON.stringify({ ...record, startedAt, raw, value })}\n`;
    });
    writeSync(file, lines.join(""));
  }
  closeSync(file);
}

function plannedCells(count: number, blocks: number): PlannedCell[] {
  const metrics = Object.keys(METRIC_VALUES) as (keyof typeof METRIC_VALUES)[];
  const scenarios = count / (TASKS.length * metrics.length);
  return Array.from({ length: scenarios }, (_, index) => `load-${index + 1}`).flatMap((scenario) =>
    TASKS.flatMap(([plugin, path]) =>
      metrics.map((metric): PlannedCell => {
        const key = { suite: SUITE, scenario, plugin, cluster: CLUSTER, path, metric };
        const { unit, better } = METRICS[metric];
        return { ...key, id: cellId(key), runner: "iperf3", unit, better, repetitions: 1, blocks, duration: 1 };
      }),
    ),
  );
}

function runFile(cells: readonly PlannedCell[], blocks: number, seed: number): RunFile {
  return {
    schemaVersion: SCHEMA_VERSION,
    id: `bench-${seed}`,
    startedAt: STARTED_AT,
    finishedAt: STARTED_AT,
    command: ["cnibench", "run"],
    seed,
    versions: { cnibench: "0", node: "0" },
    environment: null,
    definition: {
      suites: [],
      plugins: PLUGINS,
      cluster: CLUSTER,
      conf: [],
      binDirs: [],
      underlay: { mtu: 1500, rate: null, delay: null },
      only: [],
      redacted: false,
    },
    plan: {
      suites: [SUITE],
      cluster: CLUSTER,
      clusterReason: "benchmark",
      nodes: 2,
      blocks,
      duration: 1,
      plugins: PLUGINS,
      order: Array.from({ length: blocks }, () => ["host", ...PLUGINS]),
      cells,
      checks: [],
    },
    outcome: "complete",
    warnings: [],
  };
}
