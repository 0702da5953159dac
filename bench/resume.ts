/** Measures the time to resume a run of 5,000 cells, up to the first deployment. */
import { rm } from "node:fs/promises";
import { netns } from "../clusters/index.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import type { Host } from "../core/host.ts";
import {
  makePlan,
  open,
  type Plan,
  prepare,
  resume,
  type RunChoices,
  schedule,
  storedPlan,
  toDefinition,
} from "../engine/index.ts";
import { plugins } from "../plugins/index.ts";
import { createRun, type ResultRecord, type RunFile, SCHEMA_VERSION } from "../results/index.ts";
import { runnerFacts, runners } from "../runners/index.ts";
import { loadSuite, type Suite } from "../suites/index.ts";
import { formatMs, targetResult, type Benchmark } from "./benchmark.ts";

const CELLS = 5000;
const BLOCKS = 10;
const MAX_SECONDS = 2;
const PLUGINS = [plugins.bridge, plugins.ptp];
const SEED = 1;

export async function benchResume(host: Host): Promise<Benchmark> {
  const dir = makeTempDir(host, "bench");
  try {
    const { run, records } = storedRun(host);
    const store = await createRun(dir, run);
    // All deployments except the last one are finished.
    store.append(...records);
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const interrupted = await resume(host, dir);
    const suites = interrupted.run.definition.suites.map((suite) => parseSuite(JSON.stringify(suite)));
    const prepared = await prepare(host, choicesOf(suites), { interrupted });
    await open(host, { ...prepared, assets: [] }, { command: [] });
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
function storedRun(host: Host): { readonly run: RunFile; readonly records: readonly ResultRecord[] } {
  const choices = choicesOf([largeSuite()]);
  const plan = planOf(choices);
  const startedAt = new Date().toISOString();
  const run: RunFile = {
    schemaVersion: SCHEMA_VERSION,
    id: "bench",
    startedAt,
    finishedAt: null,
    command: ["cnibench"],
    seed: SEED,
    versions: { cnibench: "0", node: "0" },
    environment: null,
    definition: toDefinition(host, choices),
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

/** Returns the choices of a run of bridge and ptp in netns. */
export function choicesOf(suites: readonly Suite[]): RunChoices {
  return {
    suites,
    runners,
    plugins: PLUGINS,
    pluginSpecs: PLUGINS.map(({ name }) => name),
    conf: [],
    binDirs: [],
    cniArgs: [],
    temporaryInstall: null,
    cluster: netns.name,
    kind: netns,
    clusterReason: "benchmark",
    spec: { nodes: 2, underlayMtu: 1500 },
    seed: SEED,
    only: [],
    exploratory: false,
    keepAwake: true,
    redact: false,
  };
}

function planOf({ kind, spec, ...choices }: RunChoices): Plan {
  const { name: cluster, api } = kind;
  return makePlan({ ...choices, cluster, api, nodes: spec.nodes, missingFeatures: new Set() });
}

function largeSuite(): Suite {
  const cellsPerScenario = runners.iperf3.metrics.length * (1 + 2 * PLUGINS.length);
  const scenarios = Array.from({ length: Math.ceil(CELLS / cellsPerScenario) }, (_, i) => ({
    name: `tcp-${i + 1}`,
    runner: "iperf3",
  }));
  return parseSuite(JSON.stringify({ name: "large", blocks: BLOCKS, duration: 1, scenarios }));
}

export function parseSuite(text: string): Suite {
  const loaded = loadSuite(text, "suite.yaml", runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded.suite;
}
