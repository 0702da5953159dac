/** Recomputes the values of a run from the raw output of the tools. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { MetricName } from "../../core/metrics.ts";
import type { Repetition, RunFile } from "../../results/record.ts";
import { median } from "../../results/statistics.ts";
import { cpuUsageOfLoad } from "../../runners/support/cpu.ts";
import { daemonUsageOfLoad, sumDaemonUsage } from "../../runners/support/daemons.ts";
import { parseTimes } from "../../runners/support/curl.ts";
import { parseIperf3, type TcpDirection } from "../../runners/iperf3/tcp.ts";
import { parseUdp } from "../../runners/iperf3/udp.ts";
import { parseLatency } from "../../runners/netperf/latency.ts";
import { parseStream } from "../../runners/netperf/stream.ts";
import { latencyMeasurement } from "../../runners/support/percentiles.ts";
import { parseEchoes } from "../../runners/ping/ping.ts";
import { usageValues } from "../../runners/support/usage.ts";

/** Direction by scenario. Default: forward. */
const DIRECTIONS: Readonly<Record<string, TcpDirection>> = { "tcp-reverse": "reverse", "tcp-both": "both" };

type Values = Partial<Record<MetricName, number>>;
type Read = (role: string) => string;

/** Functions that recompute the values of a repetition from its raw files, by runner. */
const RECOMPUTE: Readonly<Record<string, (read: Read, scenario: string) => Values>> = {
  iperf3: (read, scenario) => {
    const { throughput, retransmits } = parseIperf3(read("client"), DIRECTIONS[scenario]);
    return { throughput, ...(retransmits === null ? {} : { retransmits }), mtu: sizeOfAnsweredPing(read("mtu")) };
  },
  "iperf3-udp": (read) => {
    const { throughput, loss, jitter } = parseUdp(read("client"), 0);
    return { throughput, loss, jitter };
  },
  netperf: (read) => parseLatency(read("client"), "transactions").values,
  "netperf-crr": (read) => parseLatency(read("client"), "connects").values,
  "netperf-stream": (read) => parseStream(read("client")),
  ping: (read) => parseEchoes(read("client")).values,
  "ping-loaded": (read) => ({
    ...parseEchoes(read("client")).values,
    throughput: parseIperf3(read("load")).throughput,
  }),
  lifecycle: (read) => mediansByName(read("times")),
  churn: (read) => {
    const { pods = NaN, seconds = NaN } = mediansByName(read("times")) as Record<string, number>;
    return { "pods-rate": pods / seconds };
  },
  crowd: (read) => mediansByName(read("times")),
  dns: (read) => latencyMeasurement(parseTimes(read("client"), 1, 7).slice(1).flat()).values,
  "api-server": (read) => {
    const times = parseTimes(read("client"), 2, 0).slice(1);
    return {
      ...latencyMeasurement(times.map(([, total = NaN]) => total)).values,
      "connect-time": median(times.map(([connect = NaN]) => connect)),
    };
  },
  "pod-start": (read) => mediansByName(read("times")),
  rollout: (read) => mediansByName(read("times")),
  pairs: (read) => mediansByName(read("pairs")),
};

/** Returns the packet size of the answered ping, including headers. */
function sizeOfAnsweredPing(text: string): number {
  return Number(/\((\d+)\) bytes of data/.exec(text)?.[1]);
}

/** Recomputes the usage of a load. The files `daemons` and `daemons-2` exist if both nodes have daemons. */
function usageOf(read: Read, throughput: number | undefined, files: readonly string[]): Values {
  const daemons = files
    .filter((file) => /^daemons(-\d)?\.stdout$/.test(file))
    .map((file) => daemonUsageOfLoad(read(file.replace(".stdout", ""))));
  return usageValues({ cpu: cpuUsageOfLoad(read("cpu")), daemons: sumDaemonUsage(daemons) }, throughput ?? null);
}

/** Returns the median value of each name. */
function mediansByName(text: string): Values {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  const names = new Set(lines.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      median(lines.filter(([other]) => other === name).map(([, value]) => Number(value))),
    ]),
  );
}

/** Returns a line for each value of a run that differs from the value recomputed from its raw files. */
export function mismatchedValues(dir: string): readonly string[] {
  const { plan } = JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunFile;
  const planned = new Map(plan.cells.map((cell) => [cell.id, cell]));
  const repetitions = readFileSync(join(dir, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Repetition);
  return repetitions.flatMap(({ cell, block, rep, value, raw }) => {
    const { runner = "", scenario = "", metric = "" } = planned.get(cell) ?? {};
    if (typeof value !== "number") return []; // a verdict, or a failure
    const read: Read = (role) => readFileSync(join(dir, raw ?? "", `${role}.stdout`), "utf8");
    const recomputed = RECOMPUTE[runner]?.(read, scenario) ?? {};
    const used = metric.startsWith("cpu") || metric === "memory";
    const found = (used ? usageOf(read, recomputed.throughput, readdirSync(join(dir, raw ?? ""))) : recomputed)[
      metric as MetricName
    ];
    return found === value ? [] : [`${cell} ${block}-${rep}: stored ${value}, recomputed ${found}`];
  });
}
