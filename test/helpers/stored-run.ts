/** Stores a small run with real outputs of the tools, as `cnibench run` would, with its reports. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS, type MetricName } from "../../core/metrics.ts";
import type { Path } from "../../core/model.ts";
import { reportInput, type ReportName, reports } from "../../reports/index.ts";
import { loadRun } from "../../results/load-run.ts";
import { cellId, type PlannedCell, type ResultRecord, type RunFile, SCHEMA_VERSION } from "../../results/record.ts";
import { createRun } from "../../results/store.ts";
import { runners } from "../../runners/index.ts";
import type { Recompute } from "../../runners/runner.ts";
import { sampleRun } from "./sample-run.ts";

const SUITE = "quick";
const CLUSTER = "netns";

interface Scenario {
  readonly name: string;
  readonly runner: "iperf3" | "netperf" | "ping" | "crowd";
  readonly metrics: readonly MetricName[];
  readonly params: Readonly<Record<string, string | number>>;
  /** Standard output by role. */
  readonly outputs: Readonly<Record<string, (block: number) => string>>;
}

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "../fixtures", name), "utf8");

/** Readings of /proc/stat with a load from 100.0 to 100.2 s. */
function cpuReadings(block: number): string {
  const idle = { user: 0.01, system: 0.01, softirq: 0, steal: 0, busy: 0.02 };
  const reading = (at: number, ticks: number): string =>
    `${at.toFixed(6)} cpu ${ticks} 0 ${2 * ticks} 1000 0 0 ${ticks} 0`;
  return `${JSON.stringify({ from: 100, to: 100.2, idle })}\n${reading(99.9, 10)}\n${reading(100.3, 40 + block)}\n`;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "tcp-1",
    runner: "iperf3",
    metrics: ["throughput", "cpu", "cpu-per-gbit", "mtu"],
    params: { streams: 2, direction: "forward", omit: 1 },
    outputs: {
      client: (block) =>
        fixture("iperf3/iperf3-3.12-tcp-P2-O1.json").replace(
          /"bits_per_second":\t(\d)/g,
          `"bits_per_second":\t${block}$1`,
        ),
      mtu: () =>
        "PING 10.0.0.2 (10.0.0.2) 1472(1500) bytes of data.\n\n1 packets transmitted, 1 received, 0% packet loss\n",
      cpu: cpuReadings,
    },
  },
  {
    name: "rr-1",
    runner: "netperf",
    metrics: ["transactions", "latency-p50"],
    params: { test: "TCP_RR", request: 1, response: 1, warmup: 0 },
    outputs: {
      client: (block) =>
        `TRANSACTION_RATE=2163${block}.685\nMEAN_LATENCY=46.1${block}\nP50_LATENCY=4${block}\nP90_LATENCY=57\n` +
        "P99_LATENCY=106\nELAPSED_TIME=2.00\n",
    },
  },
  {
    name: "ping",
    runner: "ping",
    metrics: ["latency-mean", "latency-p90", "loss"],
    params: {},
    outputs: { client: () => fixture("ping/iputils-20221126-lossy.txt") },
  },
  {
    name: "crowd",
    runner: "crowd",
    metrics: ["add-time", "del-time"],
    params: { existing: 1, pods: 2 },
    outputs: { times: (block) => `add-time 0.04${block}\ndel-time 0.021\nadd-time 0.05${block}\ndel-time 0.023\n` },
  },
];

const PLUGINS = ["bridge", "ptp"];
const BLOCKS = [1, 2, 3];

function tasksOf({ runner }: Scenario): readonly (readonly [plugin: string, path: Path])[] {
  const pods = PLUGINS.map((plugin) => [plugin, "same-node"] as const);
  return runner === "crowd" ? pods : [["host", "host"], ...pods];
}

/** The command lines of a scenario; those of the MTU contain the size of the packet. */
function commandOf(role: string): string {
  return role === "mtu" ? "ping -n -c1 -W1 -Mdo -s 1472 10.0.0.2" : `measure --role ${role}`;
}

/** Stores the run and writes reports next to it, as the command `run` does. */
export async function storeMeasuredRun(dir: string, formats: readonly ReportName[] = []): Promise<void> {
  const run = runFile();
  const store = await createRun(dir, { ...run, outcome: null, finishedAt: null });
  for (const block of BLOCKS) {
    for (const scenario of SCENARIOS) {
      for (const [plugin, path] of tasksOf(scenario)) {
        const raw = await store.rawDir([SUITE, scenario.name, plugin, CLUSTER, path].join("/"), block, 1);
        const outputs = Object.entries(scenario.outputs).map(([role, text]) => [role, text(block)] as const);
        for (const [role, stdout] of outputs)
          await raw.writeRaw(role, {
            cmd: `# on ${plugin}; exit code 0, after 1.000 s\n${commandOf(role)}`,
            stdout,
            stderr: "",
          });
        raw.writeDigests();
        store.append(...recordsOf(scenario, { plugin, path, block, raw: raw.path, outputs: new Map(outputs) }));
      }
    }
  }
  store.update(run);
  store.seal();
  const input = reportInput(await loadRun(dir));
  for (const name of formats)
    writeFileSync(join(dir, `report.${reports[name].extension}`), await reports[name].render([input]));
}

interface Measured {
  readonly plugin: string;
  readonly path: Path;
  readonly block: number;
  readonly raw: string;
  readonly outputs: ReadonlyMap<string, string>;
}

function recordsOf({ name, runner, metrics, params }: Scenario, measured: Measured): ResultRecord[] {
  const { plugin, path, block, raw, outputs } = measured;
  const recompute: Recompute = runners[runner].recompute;
  const stored = { roles: [...outputs.keys()], stdout: (role: string) => outputs.get(role) ?? "", command: commandOf };
  const { values, ...details } = recompute(stored, params, []);
  return metrics.map((metric, index) => ({
    schemaVersion: SCHEMA_VERSION,
    kind: "repetition",
    cell: cellId({ suite: SUITE, scenario: name, plugin, cluster: CLUSTER, path, metric }),
    block,
    rep: 1,
    startedAt: `2026-03-01T12:0${block}:07.123Z`,
    raw,
    value: values[metric] as number,
    ...(index === 0 && details),
  }));
}

function runFile(): RunFile {
  const { run } = sampleRun({ blocks: BLOCKS.length });
  const cells = SCENARIOS.flatMap((scenario) =>
    tasksOf(scenario).flatMap(([plugin, path]) =>
      scenario.metrics.map((metric): PlannedCell => {
        const key = { suite: SUITE, scenario: scenario.name, plugin, cluster: CLUSTER, path, metric };
        const { unit, better } = METRICS[metric];
        const plan = { repetitions: 1, blocks: BLOCKS.length, duration: 1 };
        return { ...key, id: cellId(key), runner: scenario.runner, unit, better, ...plan };
      }),
    ),
  );
  const scenarios = SCENARIOS.map(({ name, runner, params }) => ({ name, runner, params }));
  return {
    ...run,
    definition: { ...run.definition, suites: [{ name: SUITE, scenarios }] },
    plan: { ...run.plan, plugins: PLUGINS, cells, checks: [], order: BLOCKS.map(() => ["host", ...PLUGINS]) },
  };
}
