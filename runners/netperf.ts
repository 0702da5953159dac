/** Request/response latency with netperf's omni tests: the netperf manual; output of 2.7.0 and 2.7.1 is tested. */
import { CommandError, lastLine } from "../core/errors.ts";
import { ipFlag } from "../core/family.ts";
import type { MetricName, Warning } from "../core/model.ts";
import { succeeded } from "../core/shell.ts";
import { cpuValues, withServer, type Tool } from "./load.ts";
import type { Measurement, PairContext, PairRunner } from "./runner.ts";

const CONTROL_PORT = 12865;
const DATA_PORT = 12866;
const MARGIN = 15;
/** Transactions of the discarded first connection. */
const WARM_UP = 1000;
/** Fewest samples that a 99th percentile may come from (method, rule 6). */
const P99_SAMPLES = 100;
const MICROSECONDS = 1e6;

const KEYS = ["TRANSACTION_RATE", "MEAN_LATENCY", "P50_LATENCY", "P90_LATENCY", "P99_LATENCY", "ELAPSED_TIME"] as const;
type Key = (typeof KEYS)[number];

export const netperf = {
  name: "netperf",
  summary: "TCP request/response: transactions per second, mean latency and percentiles",
  scope: "pair",
  paths: ["host", "same-node", "cross-node"],
  metrics: ["transactions", "latency-mean", "latency-p50", "latency-p90", "latency-p99", "cpu", "cpu-user", "cpu-system", "cpu-softirq"],
  tools: ["netperf", "netserver"],
  params: {
    test: { type: "choice", values: ["TCP_RR"], default: "TCP_RR", summary: "netperf test" },
    request: { type: "integer", min: 1, max: 65536, default: 1, summary: "bytes of a request" },
    response: { type: "integer", min: 1, max: 65536, default: 1, summary: "bytes of a response" },
    warmup: { type: "integer", min: 0, max: 60, default: 1, summary: "seconds of load before, discarded" },
  },
  estimate: (duration, params) => duration + Number(params.warmup) + 0.3,
  run: runNetperf,
} as const satisfies PairRunner;

async function runNetperf(context: PairContext): Promise<Measurement> {
  const { server, duration, params } = context;
  const tool: Tool = {
    server: ["netserver", "-D", ipFlag(server.ip), "-L", server.ip, "-p", String(CONTROL_PORT)],
    port: CONTROL_PORT,
    failure: (output) => (succeeded(output) ? null : new CommandError(output)),
  };
  return withServer(context, tool, async ({ warmUp, load }) => {
    const argv = (length: number): string[] => [
      ...["netperf", ipFlag(server.ip), "-P", "0", "-H", server.ip, "-p", String(CONTROL_PORT), "-t", String(params.test)],
      ...["-l", String(length), "--", "-P", `,${DATA_PORT}`, "-r", `${params.request},${params.response}`, "-k", KEYS.join(",")],
    ];
    await warmUp(argv(-WARM_UP), MARGIN); // negative: a number of transactions
    const seconds = Number(params.warmup);
    if (seconds > 0) await warmUp(argv(seconds), seconds + MARGIN);
    const { output, cpu } = await load(argv(duration), duration + MARGIN);
    const { values, warnings } = parseNetperf(output.stdout);
    return { values: { ...values, ...cpuValues(cpu, null) }, warnings };
  });
}

/**
 * Reads the KEY=VALUE lines of `netperf -- -k`. Latencies are RTT in µs, percentiles whole µs.
 * @throws Error when a value is missing: netperf drops a name that it does not know without a word.
 */
export function parseNetperf(text: string): Measurement {
  const found = new Map(text.split("\n").map((line) => line.trim().split("=", 2) as [string, string | undefined]));
  const read = (key: Key): number => {
    const value = Number(found.get(key) ?? NaN);
    if (!Number.isFinite(value)) throw new Error(`netperf gave no ${key}: ${lastLine(text) || "it printed nothing"}`);
    return value;
  };
  const numbers = Object.fromEntries(KEYS.map((key) => [key, read(key)])) as Record<Key, number>;
  const samples = numbers.TRANSACTION_RATE * numbers.ELAPSED_TIME;
  const enough = samples >= P99_SAMPLES;
  const values: Partial<Record<MetricName, number>> = {
    transactions: numbers.TRANSACTION_RATE,
    "latency-mean": numbers.MEAN_LATENCY / MICROSECONDS,
    "latency-p50": numbers.P50_LATENCY / MICROSECONDS,
    "latency-p90": numbers.P90_LATENCY / MICROSECONDS,
    ...(enough ? { "latency-p99": numbers.P99_LATENCY / MICROSECONDS } : {}),
  };
  const few: Warning = {
    code: "few-samples",
    message: `no 99th percentile from ${samples.toFixed(0)} transactions (${P99_SAMPLES} are needed)`,
  };
  return { values, warnings: enough ? [] : [few] };
}
