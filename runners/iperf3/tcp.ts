/** Runner `iperf3`: TCP throughput with iperf3, in one direction or in both at the same time. */
import { listAt, numberAt, valueAt } from "../../core/untrusted-json.ts";
import { TCP_PATHS } from "../../core/model.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { CLIENT_MARGIN_S, linkWarnings, withServer } from "../support/run-load.ts";
import { probePathMtu, storedMtu } from "../support/mtu.ts";
import type { Series } from "../../results/index.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { CPU_METRICS, storedUsage, usageGaps, usageValues } from "../support/usage.ts";
import { iperf3Client, generatorWarnings, iperf3Tool, parseJsonOutput } from "./tool.ts";
import { intervalSeries } from "./interval-series.ts";
import { trafficAfter, type Trim, trimmedLoad, trimOf } from "./trimmed-load.ts";

/** `forward`: the client sends; `reverse`: the server sends; `both`: both send at the same time. */
const DIRECTION_FLAGS = { forward: [], reverse: ["--reverse"], both: ["--bidir"] } as const;
export type TcpDirection = keyof typeof DIRECTION_FLAGS;

export const iperf3 = {
  name: "iperf3",
  summary: "TCP throughput, retransmits, CPU per Gbit/s and the effective path MTU",
  scope: "pair",
  paths: TCP_PATHS,
  metrics: ["throughput", "retransmits", ...CPU_METRICS, "cpu-per-gbit", "mtu"],
  tools: ["iperf3", "ping"],
  params: {
    streams: { type: "integer", min: 1, max: 128, default: 1, summary: "parallel TCP connections in each direction" },
    direction: {
      type: "choice",
      values: Object.keys(DIRECTION_FLAGS),
      default: "forward",
      summary: "data sent by the client, the server, or both at once, where the throughput is the sum",
    },
    omit: {
      type: "number",
      min: 0.1,
      max: 60,
      default: 1,
      summary: "seconds trimmed from the start of the load, in tenths; a fraction of a second does not extend the load",
    },
  },
  estimate: (duration, params) => trimmedLoad(duration, Number(params.omit), 1).seconds + 0.15,
  run: runIperf3,
  recompute: (stored, { direction }) => {
    const mtu = storedMtu(stored);
    const result = parseIperf3(stored.stdout("client"), direction as TcpDirection);
    const usage = storedUsage(stored, result.throughput);
    const values = { ...trafficValues(result), ...usage, ...(mtu === null ? {} : { mtu }) };
    return { values, ...seriesOf(result) };
  },
} as const satisfies PairRunner;

async function runIperf3(context: PairContext): Promise<Measurement> {
  const { server, duration, params, linkRate, minWarmUp } = context;
  const direction = params.direction as TcpDirection; // validated by the suite loader
  const streams = Number(params.streams) * (direction === "both" ? 2 : 1);
  const plan = trimmedLoad(duration, Math.max(Number(params.omit), minWarmUp), streams);
  return withServer(context, iperf3Tool(server, plan.serverFlags), async ({ warmUp, load }) => {
    const [mtu] = await Promise.all([
      server.isServiceIp === true ? null : probePathMtu(context),
      warmUp([...iperf3Client(server), "-n", "1M"], CLIENT_MARGIN_S),
    ]);
    const flags = [...plan.clientFlags, "-P", String(params.streams), ...DIRECTION_FLAGS[direction]];
    const { output, usage } = await load([...iperf3Client(server), ...flags], plan.seconds + CLIENT_MARGIN_S, {
      seconds: plan.measuredSeconds,
    });
    const result = parseIperf3(output.stdout, direction);
    return {
      values: {
        ...trafficValues(result),
        ...usageValues(usage, result.throughput),
        ...(mtu === null ? {} : { mtu }),
      },
      ...seriesOf(result),
      missing: usageGaps(usage),
      warnings: [...result.warnings, ...linkWarnings(result.throughput / (direction === "both" ? 2 : 1), linkRate)],
    };
  });
}

function trafficValues({ throughput, retransmits }: Iperf3Result): Measurement["values"] {
  return { throughput, ...(retransmits === null ? {} : { retransmits }) };
}

function seriesOf({ series }: Iperf3Result): Pick<Measurement, "series"> {
  return series.length === 0 ? {} : { series };
}

interface Iperf3Result {
  /** bit/s, counted by the receivers. */
  readonly throughput: number;
  /** Retransmitted segments; null if the system does not report them. */
  readonly retransmits: number | null;
  /** Empty for an output without a warm-up to trim, which has no intervals of the receiver. */
  readonly series: readonly Series[];
  readonly warnings: readonly Warning[];
}

/**
 * Parses the output of `iperf3 -J`: the part of the load after its warm-up if the output names one to trim, and
 * otherwise the entire load.
 * @throws Error without received data in every direction
 */
export function parseIperf3(text: string, direction: TcpDirection = "forward"): Iperf3Result {
  const json = parseJsonOutput(text);
  const trim = trimOf(json);
  const { received, retransmits } = trim === null ? entireLoad(json, direction) : settledLoad(json, direction, trim);
  const throughput = total(received);
  if (throughput === null || listAt(json, "intervals").length === 0)
    throw new Error("iperf3 exited without a result of the receiver");
  const impossible = received.find((rate) => rate !== null && rate <= 0) ?? null;
  if (impossible !== null) throw new Error(`iperf3 reports ${impossible} bit/s received`);
  const streams = (numberAt(json, "start", "test_start", "num_streams") ?? 1) * received.length;
  const series = trim === null ? [] : loadSeries(json, direction, trim);
  return { throughput, retransmits: total(retransmits), series, warnings: generatorWarnings(json, streams) };
}

/** The values of each direction; null: missing. */
interface DirectionValues {
  /** bit/s. */
  readonly received: readonly (number | null)[];
  readonly retransmits: readonly (number | null)[];
}

function entireLoad(json: unknown, direction: TcpDirection): DirectionValues {
  const suffixes = direction === "both" ? ["", "_bidir_reverse"] : [""];
  return {
    received: suffixes.map((suffix) => numberAt(json, "end", `sum_received${suffix}`, "bits_per_second")),
    retransmits: suffixes.map((suffix) => numberAt(json, "end", `sum_sent${suffix}`, "retransmits")),
  };
}

/** The outputs of the two ends of a load in one direction. */
interface Ends {
  readonly sender: unknown;
  readonly receiver: unknown;
}

function endsOf(json: unknown, direction: TcpDirection): readonly Ends[] {
  const [client, server] = [json, valueAt(json, "server_output_json")];
  const forward = { sender: client, receiver: server };
  const reverse = { sender: server, receiver: client };
  return { forward: [forward], reverse: [reverse], both: [forward, reverse] }[direction];
}

/** Returns the series of the entire load, whose warm-up is before the start of the measured part. */
function loadSeries(json: unknown, direction: TcpDirection, { trim, interval }: Trim): readonly Series[] {
  const ends = endsOf(json, direction);
  const timing = { warmUp: trim, interval };
  const received = ends.map(({ receiver }) => ({ json: receiver, isSender: false }));
  const sent = ends.map(({ sender }) => ({ json: sender, isSender: true }));
  return [...intervalSeries("throughput", received, timing), ...intervalSeries("retransmits", sent, timing)];
}

function settledLoad(json: unknown, direction: TcpDirection, { trim }: Trim): DirectionValues {
  const flows = endsOf(json, direction);
  return {
    received: flows.map(({ receiver }) => {
      const traffic = trafficAfter(trim, receiver, false);
      return traffic && (8 * traffic.bytes) / traffic.seconds;
    }),
    retransmits: flows.map(({ sender }) => trafficAfter(trim, sender, true)?.retransmits ?? null),
  };
}

/** Returns the sum, or null if a value is missing. */
function total(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value));
}
