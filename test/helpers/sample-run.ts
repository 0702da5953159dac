/** Generates a realistic sample run from a seed: three plugins and the baseline, with all features of a report. */
import { METRICS } from "../../core/metrics.ts";
import type { MetricName } from "../../core/metrics.ts";
import type { Path } from "../../core/model.ts";
import type { ClauseResult } from "../../results/clause-result.ts";
import { reportInput, type ReportInput } from "../../reports/report.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import { seededRandom, shuffle } from "../../results/random.ts";
import type { Random } from "../../results/random.ts";
import { cellId, SCHEMA_VERSION, type PlannedCell, type ResultRecord, type RunFile } from "../../results/record.ts";
import type { Environment } from "../../results/environment-facts.ts";
import { sampleNoiseCard } from "./sample-noise-card.ts";

const STARTED = Date.UTC(2026, 2, 1, 12, 0, 0);

interface Scenario {
  readonly name: string;
  readonly runner: string;
  readonly repetitions: number;
  readonly paths: readonly Path[];
  /** Value of the baseline (or of bridge for metrics without a baseline), and its relative spread. */
  readonly metrics: Partial<Record<MetricName, readonly [value: number, noise: number]>>;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "tcp-1",
    runner: "iperf3",
    repetitions: 1,
    paths: ["host", "same-node", "cross-node"],
    metrics: { throughput: [31.4e9, 0.012], retransmits: [4, 0.8], cpu: [1.52, 0.01], "cpu-per-gbit": [0.0484, 0.015] },
  },
  {
    name: "rr-1",
    runner: "netperf",
    repetitions: 1,
    paths: ["host", "same-node", "cross-node"],
    metrics: {
      transactions: [38_600, 0.02],
      "latency-mean": [25.9e-6, 0.02],
      "latency-p50": [23e-6, 0.01],
      "latency-p90": [31e-6, 0.02],
      "latency-p99": [62e-6, 0.08],
    },
  },
  {
    name: "pods",
    runner: "lifecycle",
    repetitions: 2,
    paths: ["same-node"],
    metrics: {
      "add-time": [0.043, 0.05],
      "check-time": [0.011, 0.05],
      "del-time": [0.028, 0.06],
      "pod-ready-time": [0.061, 0.05],
    },
  },
];

/** Cost of one hop, relative to the baseline. Divides the metrics where higher is better and multiplies the others. */
const COST: Readonly<Record<string, number>> = { host: 1, bridge: 1.14, ptp: 1.12, simplecni: 1.22 };

export interface SampleOptions {
  readonly blocks?: number;
  readonly seed?: number;
  readonly outcome?: RunFile["outcome"];
  /** Number of measured blocks. Default: all planned blocks. */
  readonly measuredBlocks?: number;
  /** Name of the third plugin, because users can choose names. Default: simplecni. */
  readonly thirdPlugin?: string;
  readonly failure?: string;
  /** The nodes are VMs without hardware acceleration. */
  readonly emulated?: boolean;
}

/** A run with its records in an array. */
export interface SampleRun extends LoadedRun {
  readonly records: readonly ResultRecord[];
}

const samples = new Map<string, SampleRun>();

/** Returns the run of the given options, always the same object, so that its summary can be reused. */
export function sampleRun(options: SampleOptions = {}): SampleRun {
  const key = JSON.stringify(options);
  const sample = samples.get(key) ?? createSample(options);
  samples.set(key, sample);
  return sample;
}

const inputs = new WeakMap<LoadedRun, ReportInput>();

/** Returns the input of a report. Summarizing a run takes some 100 ms, so it is done once for each object. */
export function inputOf(loaded: LoadedRun): ReportInput {
  const input = inputs.get(loaded) ?? reportInput(loaded);
  inputs.set(loaded, input);
  return input;
}

function createSample(options: SampleOptions): SampleRun {
  const {
    blocks = 10,
    seed = 42,
    outcome = "complete",
    measuredBlocks = blocks,
    thirdPlugin = "simplecni",
    emulated = false,
  } = options;
  const random = seededRandom(seed);
  const plugins = ["bridge", "ptp", thirdPlugin];
  const order = Array.from({ length: blocks }, () => shuffle(["host", ...plugins], random));
  const cells = planCells(plugins, blocks);
  const records = order
    .slice(0, measuredBlocks)
    .flatMap((names, index) => [
      ...measureBlock(cells, { order: names, number: index + 1, failure: options.failure }, random),
      ...checkBlock(plugins, index + 1),
    ]);
  return {
    run: runFile({ blocks, seed, outcome, plugins, order, cells, emulated }),
    records,
    loadWarnings: [],
    commands: commands(plugins),
  };
}

function planCells(plugins: readonly string[], blocks: number): PlannedCell[] {
  return SCENARIOS.flatMap(({ name, runner, repetitions, paths, metrics }) =>
    paths.flatMap((path) =>
      (path === "host" ? ["host"] : plugins).flatMap((plugin) =>
        (Object.keys(metrics) as MetricName[]).map((metric) => {
          const key = { suite: "quick", scenario: name, plugin, cluster: "netns", path, metric };
          const { unit, better } = METRICS[metric];
          const skip =
            plugin === "ptp" && metric === "check-time" ? { skip: "ptp supports CHECK since version 1.2.0" } : {};
          return { ...key, id: cellId(key), runner, unit, better, repetitions, blocks, duration: 1, ...skip };
        }),
      ),
    ),
  );
}

interface SampleBlock {
  readonly number: number;
  /** Plugins in deployment order. */
  readonly order: readonly string[];
  /** Error of one cell in block 3. */
  readonly failure: string | undefined;
}

function measureBlock(
  cells: readonly PlannedCell[],
  { number: block, order, failure }: SampleBlock,
  random: Random,
): ResultRecord[] {
  const drift = 1 + 0.02 * (random() - 0.5);
  return order.flatMap((plugin) =>
    cells
      .filter((cell) => cell.plugin === plugin && cell.skip === undefined)
      .flatMap((cell) =>
        Array.from({ length: cell.repetitions }, (_, index): ResultRecord => {
          const raw = `raw/${cell.id.split("/").slice(0, -1).join("/")}/${block}-${index + 1}`;
          const startedAt = new Date(STARTED + block * 20_000).toISOString();
          const base = {
            schemaVersion: SCHEMA_VERSION,
            kind: "repetition",
            cell: cell.id,
            block,
            rep: index + 1,
            startedAt,
            raw,
          } as const;
          const fails =
            failure !== undefined &&
            block === 3 &&
            cell.plugin === "bridge" &&
            cell.path === "cross-node" &&
            cell.runner === "netperf";
          return fails
            ? { ...base, error: failure }
            : { ...base, value: valueOf(cell, drift, random), ...storedWarning(cell, block) };
        }),
      ),
  );
}

function valueOf(cell: PlannedCell, drift: number, random: Random): number {
  const scenario = SCENARIOS.find(({ name }) => name === cell.scenario);
  const [base, noise] = scenario?.metrics[cell.metric as MetricName] ?? [1, 0];
  const hop = cell.path === "cross-node" ? 1.13 : 1;
  const cost = (COST[cell.plugin] ?? 1.22) * hop * drift;
  const value =
    (METRICS[cell.metric as MetricName].better === "higher" ? base / cost : base * cost) *
    (1 + noise * gaussian(random));
  return cell.metric === "retransmits" ? Math.max(0, Math.round(value)) : value;
}

function storedWarning(cell: PlannedCell, block: number): Pick<ResultRecord, "warnings"> {
  if (cell.metric !== "throughput" || cell.plugin !== "ptp" || block > 2) return {};
  return { warnings: [{ code: "generator-limited", message: "the iperf3 client used 0.99 of one core" }] };
}

/** Returns an approximately normal random number: the sum of twelve uniform ones (Irwin-Hall). */
export function gaussian(random: Random): number {
  return Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
}

const CLAUSES: readonly (readonly [clause: string, section: string, level: ClauseResult["level"]])[] = [
  ["add-interface", "ADD: result", "MUST"],
  ["add-routes", "ADD: result", "MUST"],
  ["check-healthy", "CHECK", "MUST"],
  ["check-address-gone", "CHECK", "MUST"],
  ["del-idempotent", "DEL", "SHOULD"],
  ["version-honest", "VERSION", "MUST"],
];

function checkBlock(plugins: readonly string[], block: number): ResultRecord[] {
  return plugins.flatMap((plugin) =>
    CLAUSES.map(([clause, section, level]): ResultRecord => {
      const observed = verdict(plugin, clause);
      const cell = `quick/core/${plugin}/netns`;
      const startedAt = new Date(STARTED + block * 20_000 + 15_000).toISOString();
      const value: ClauseResult = { clause, section, level, specVersion: "1.0.0", ...observed };
      return { schemaVersion: SCHEMA_VERSION, kind: "check", cell, block, rep: 1, startedAt, raw: null, value };
    }),
  );
}

function verdict(plugin: string, clause: string): Omit<ClauseResult, "clause" | "section" | "level" | "specVersion"> {
  if (plugin === "ptp" && clause === "check-address-gone") {
    const [expected, got] = ["CHECK to fail after the address was removed", "exit code 0"];
    return {
      status: "fail",
      message: `expected ${expected}; got ${got}`,
      sentence: "CHECK fails when an address was removed.",
      expected,
      got,
      evidence: ["- cnibench-1: address 10.1.0.2/24 on eth0 scope global"],
      reproduce: "printf %s '{}' | env CNI_COMMAND=CHECK /opt/cni/bin/ptp",
    };
  }
  if (plugin === "bridge" && clause === "add-routes") {
    return {
      status: "known",
      message: "the result lists the default route once per address family; every plugin of that skeleton does",
    };
  }
  if (plugin === "bridge" && clause === "check-healthy")
    return { status: "skip", message: "not applicable before specification 0.4.0" };
  return { status: "pass", message: "conforms to the specification" };
}

function commands(plugins: readonly string[]): LoadedRun["commands"] {
  return ["host", ...plugins].flatMap((plugin) =>
    (plugin === "host" ? ["host"] : ["same-node", "cross-node"]).flatMap((path) => [
      {
        scenario: `quick/tcp-1/${plugin}/netns/${path}`,
        role: "client",
        command: "iperf3 --client 10.244.2.5 --time 1 --omit 1 --json --port 5201",
      },
      {
        scenario: `quick/tcp-1/${plugin}/netns/${path}`,
        role: "server",
        command: "iperf3 --server --one-off --port 5201",
      },
      {
        scenario: `quick/rr-1/${plugin}/netns/${path}`,
        role: "client",
        command: "netperf -H 10.244.2.5 -t omni -l 1 -- -d rr -k 'MEAN_LATENCY,P50_LATENCY'",
      },
    ]),
  );
}

interface Parts {
  readonly blocks: number;
  readonly seed: number;
  readonly outcome: RunFile["outcome"];
  readonly plugins: readonly string[];
  readonly order: readonly (readonly string[])[];
  readonly cells: readonly PlannedCell[];
  readonly emulated: boolean;
}

function runFile({ blocks, seed, outcome, plugins, order, cells, emulated }: Parts): RunFile {
  return {
    schemaVersion: SCHEMA_VERSION,
    id: "20260301-120000-sample",
    startedAt: new Date(STARTED).toISOString(),
    noiseCard: sampleNoiseCard(),
    finishedAt: outcome === null ? null : new Date(STARTED + 180_000).toISOString(),
    command: ["cnibench", "run", "--plugins", plugins.join(","), "--blocks", String(blocks)],
    seed,
    versions: { cnibench: "0.1.0", node: "20.19.0" },
    environment: environment(plugins, emulated),
    definition: {
      suites: [],
      plugins: null,
      cluster: "auto",
      conf: [],
      binDirs: [],
      underlay: { mtu: 1500, rate: null, delay: null },
      only: [],
      redacted: false,
    },
    plan: {
      suites: ["quick"],
      cluster: "netns",
      clusterReason: "every plugin has a recipe for it",
      nodes: 2,
      blocks,
      duration: 1,
      plugins,
      order,
      cells,
      checks: plugins.map((plugin) => ({ id: `quick/core/${plugin}/netns`, plugin })),
    },
    outcome,
    warnings: [],
  };
}

function environment(plugins: readonly string[], emulated: boolean): Environment {
  return {
    kernel: "6.1.0-18-amd64",
    os: "Debian GNU/Linux 12 (bookworm)",
    arch: "x64",
    cpuModel: "Sample CPU @ 2.80GHz",
    cpus: 4,
    memory: 16_384_000_000,
    governor: "performance",
    virtualization: null,
    congestionControl: "cubic",
    link: { qdisc: "noqueue", offloads: ["gro", "gso", "tso"] },
    tools: { iperf3: "3.12", netperf: "2.7.0", jq: null },
    plugins: plugins.map((name, index) => ({
      name,
      version: index < 2 ? "1.1.1" : null,
      configHash: "9f2c4e".padEnd(64, "0"),
      binaries: [{ name, sha256: "ab12".padEnd(64, "0") }],
      encapsulation: "none",
      specVersions: ["0.3.1", "0.4.0", "1.0.0"],
    })),
    cluster: { kind: "netns", nodes: 2, underlayMtu: 1500, isolation: "user namespace", sameHost: true, emulated },
  };
}
