/** TCP throughput with iperf3: iperf3(1); the JSON of versions 3.12 and 3.18 is tested. */
import { CommandError, lastLine } from "../core/errors.ts";
import { ipFlag } from "../core/family.ts";
import { at, numberAt, stringAt, tryParse } from "../core/json.ts";
import type { Warning } from "../core/model.ts";
import { succeeded, type Output } from "../core/shell.ts";
import { cpuValues, withServer, type Tool } from "./load.ts";
import { probePathMtu } from "./mtu.ts";
import type { Measurement, PairContext, PairRunner } from "./runner.ts";

const PORT = 5201;
/** Share of one core at which the load generator itself is what limits the number. */
const GENERATOR_LIMIT = 95;
/** Seconds that connecting and exchanging results may take beside the load. */
const MARGIN = 15;

export const iperf3 = {
  name: "iperf3",
  summary: "TCP throughput, retransmits, CPU per Gbit/s and the effective path MTU",
  scope: "pair",
  paths: ["host", "same-node", "cross-node"],
  metrics: ["throughput", "retransmits", "cpu", "cpu-user", "cpu-system", "cpu-softirq", "cpu-per-gbit", "mtu"],
  tools: ["iperf3", "ping"],
  params: {
    streams: { type: "integer", min: 1, max: 128, default: 1, summary: "parallel TCP connections" },
    omit: { type: "integer", min: 1, max: 60, default: 1, summary: "seconds of the load left out at its start" },
  },
  estimate: (duration, params) => duration + Number(params.omit) + 0.5,
  run: runIperf3,
} as const satisfies PairRunner;

async function runIperf3(context: PairContext): Promise<Measurement> {
  const { client, server, duration, params, signal } = context;
  const omit = Number(params.omit);
  const family = ipFlag(server.ip);
  const tool: Tool = { server: ["iperf3", "-s", family, "-p", String(PORT)], port: PORT, failure: iperf3Failure };
  return withServer(context, tool, async ({ warmUp, load }) => {
    const connect = ["iperf3", family, "-J", "-c", server.ip, "-p", String(PORT), "--connect-timeout", "3000"];
    await warmUp([...connect, "-n", "1M"], MARGIN);
    const mtu = await probePathMtu(client, server, signal);
    const argv = [...connect, "-t", String(duration), "-O", String(omit), "-P", String(params.streams)];
    const { output, cpu } = await load(argv, duration + omit + MARGIN);
    const result = parseIperf3(output.stdout);
    return {
      values: {
        throughput: result.throughput,
        ...(result.retransmits === null ? {} : { retransmits: result.retransmits }),
        ...cpuValues(cpu, result.throughput),
        ...(mtu === null ? {} : { mtu }),
      },
      warnings: result.warnings,
    };
  });
}

export interface Iperf3Result {
  /** bit/s, as the receiver counted it. */
  readonly throughput: number;
  /** Segments sent again; null where the system does not tell. */
  readonly retransmits: number | null;
  readonly warnings: readonly Warning[];
}

/** Its own words are in the JSON, and its exit code says nothing: 3.12 exits 0 on every error. */
export function iperf3Failure(output: Output): Error | null {
  const error = stringAt(tryParse(output.stdout), "error");
  if (error !== null && output.ended === null) return new Error(`iperf3 on ${output.where} failed: ${lastLine(error)}`);
  return succeeded(output) ? null : new CommandError(output);
}

/**
 * Reads what `iperf3 -J` printed; a document without intervals or without the receiver's sum is a failure too.
 * @throws Error
 */
export function parseIperf3(text: string): Iperf3Result {
  const json = tryParse(text);
  if (json === undefined) throw new Error(`iperf3 printed no JSON: ${lastLine(text) || "nothing"}`);
  const intervals = at(json, "intervals");
  const throughput = numberAt(json, "end", "sum_received", "bits_per_second");
  if (throughput === null || !Array.isArray(intervals) || intervals.length === 0) {
    throw new Error("iperf3 ended without a result of the receiver");
  }
  return { throughput, retransmits: numberAt(json, "end", "sum_sent", "retransmits"), warnings: generatorWarnings(json) };
}

function generatorWarnings(json: unknown): Warning[] {
  const ends = { sender: "host_total", receiver: "remote_total" } as const;
  return Object.entries(ends).flatMap(([end, key]): Warning[] => {
    const percent = numberAt(json, "end", "cpu_utilization_percent", key);
    if (percent === null || percent < GENERATOR_LIMIT) return [];
    return [{ code: "generator-limited", message: `the ${end}'s iperf3 used ${percent.toFixed(0)} % of a core` }];
  });
}
