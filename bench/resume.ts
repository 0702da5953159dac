/** Measures the time to resume a run of 5,000 cells, up to the first deployment. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storedPlan, toDefinition } from "../cli/flags/definition.ts";
import type { Inputs } from "../cli/flags/inputs.ts";
import { prepareResumedRun } from "../cli/commands/prepared-run.ts";
import { runnerFacts } from "../cli/flags/suites.ts";
import { makePlan, type Plan } from "../engine/plan/plan.ts";
import { schedule } from "../engine/plan/schedule.ts";
import { plugins } from "../plugins/index.ts";
import { SCHEMA_VERSION, type ResultRecord, type RunFile } from "../results/record.ts";
import { createRun } from "../results/store.ts";
import { runners } from "../runners/index.ts";
import { loadSuite } from "../suites/load.ts";
import type { Suite } from "../suites/suite.ts";
import { formatMs, targetResult, type Benchmark } from "./benchmark.ts";

const CELLS = 5000;
const BLOCKS = 10;
const MAX_SECONDS = 2;
const FLAGS = { cluster: "netns", nodes: 2, underlayMtu: 1500, plugins: ["bridge", "ptp"], seed: 1 } as const;

export async function benchResume(): Promise<Benchmark> {
  const dir = await mkdtemp(join(tmpdir(), "cnibench-bench-"));
  try {
    const { run, records } = storedRun();
    const store = await createRun(dir, run);
    // All deployments except the last one are finished.
    store.append(...records);
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const prepared = await prepareResumedRun(dir, {}, async () => undefined, new AbortController().signal);
    await prepared.open();
    const seconds = (performance.now() - started) / 1000;
    const memory = (process.memoryUsage.rss() - before) / 1e6;
    if (prepared.slots.length === 0) throw new Error("the run has no pending deployments");
    return {
      name: "resuming a run",
      rows: [
        ["cells", String(run.plan.cells.length)],
        ["stored records", String(records.length)],
        ["time to read, validate and plan again", formatMs(seconds * 1000)],
        ["memory used", `${memory.toFixed(0)} MB`],
      ],
      target: `${CELLS} cells within ${MAX_SECONDS} s`,
      result: targetResult(seconds <= MAX_SECONDS && run.plan.cells.length >= CELLS),
    };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Returns a run that is finished except for its last deployment. */
function storedRun(): { readonly run: RunFile; readonly records: readonly ResultRecord[] } {
  const { suites, plan } = largePlan();
  const inputs = { suites, binDirs: [], spec: { nodes: 2, underlayMtu: FLAGS.underlayMtu } } as unknown as Inputs;
  const startedAt = new Date().toISOString();
  const run: RunFile = {
    schemaVersion: SCHEMA_VERSION,
    id: "bench",
    startedAt,
    finishedAt: null,
    command: ["cnibench"],
    seed: FLAGS.seed,
    versions: { cnibench: "0", node: "0" },
    environment: null,
    definition: toDefinition(inputs, FLAGS),
    plan: storedPlan(plan),
    outcome: null,
    warnings: [],
  };
  const slots = schedule(plan, () => false).slice(0, -1);
  const records = slots.flatMap(({ block, work }) =>
    work.flatMap(({ task }) =>
      Object.values(task.cells).map((cell): ResultRecord => ({
        schemaVersion: SCHEMA_VERSION,
        kind: "repetition",
        cell: cell.id,
        block,
        rep: 1,
        startedAt,
        raw: null,
        value: 1,
      })),
    ),
  );
  return { run, records };
}

function largePlan(): { readonly suites: readonly Suite[]; readonly plan: Plan } {
  const chosen = FLAGS.plugins.map((name) => plugins[name]);
  const cellsPerScenario = runners.iperf3.metrics.length * (1 + 2 * chosen.length);
  const scenarios = Array.from({ length: Math.ceil(CELLS / cellsPerScenario) }, (_, i) => ({
    name: `tcp-${i + 1}`,
    runner: "iperf3",
  }));
  const text = JSON.stringify({ name: "large", blocks: BLOCKS, duration: 1, scenarios });
  const loaded = loadSuite(text, "large.yaml", runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  const suites = [loaded.suite];
  const plan = makePlan({
    suites,
    plugins: chosen,
    runners,
    cluster: "netns",
    api: "bare",
    clusterReason: "benchmark",
    nodes: 2,
    seed: FLAGS.seed,
    missingFeatures: new Set(),
  });
  return { suites, plan };
}
