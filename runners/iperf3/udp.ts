/**
 * Runner `iperf3-udp`: throughput and loss at one offered rate (docs/method.md, "Load").
 *
 * A separate, discarded load warms up the path, because `-O` falsifies the loss in versions up to 3.13.
 */
import { EnvironmentError } from "../../core/errors.ts";
import { ipFlag } from "../../core/ip.ts";
import { numberAt, valueAt } from "../../core/untrusted-json.ts";
import { LOAD_PATHS, type Endpoint } from "../../core/model.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { run } from "../../core/shell.ts";
import { CLIENT_MARGIN_S, linkWarnings, withServer } from "../support/run-load.ts";
import { probePathMtu } from "../support/mtu.ts";
import type { Series } from "../../results/index.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { CPU_METRICS, storedUsage, usageGaps, usageValues } from "../support/usage.ts";
import { intervalSeries } from "./interval-series.ts";
import { intervalFor } from "./intervals.ts";
import { iperf3Client, generatorWarnings, iperf3Tool, parseJsonOutput } from "./tool.ts";

/** Duration of the discarded load. */
const WARM_UP_S = 1;
/** IP and UDP headers, bytes. */
const HEADER_BYTES = { "-4": 28, "-6": 48 } as const;
/** Share of the offered rate that the sender must reach. */
const MIN_SENT_SHARE = 0.95;

export const iperf3Udp = {
  name: "iperf3-udp",
  summary: "UDP at one offered rate: throughput, loss and jitter",
  scope: "pair",
  paths: LOAD_PATHS,
  metrics: ["throughput", "loss", "jitter", ...CPU_METRICS, "cpu-per-gbit"],
  tools: ["iperf3", "ping"],
  params: {
    rate: { type: "integer", min: 1, max: 100_000, default: 100, summary: "offered rate in Mbit/s" },
    length: {
      type: "integer",
      min: 16,
      max: 65_507,
      default: 1400,
      summary: "bytes per datagram, which must fit into one packet",
    },
  },
  estimate: (duration) => duration + WARM_UP_S + 0.7,
  run: runUdp,
  recompute: (stored, { rate }) => {
    const { throughput, loss, jitter, ...others } = parseUdp(stored.stdout("client"), Number(rate) * 1e6);
    return { values: { throughput, loss, jitter, ...storedUsage(stored, throughput) }, ...others };
  },
} as const satisfies PairRunner;

async function runUdp(context: PairContext): Promise<Measurement> {
  const { client, server, duration, params, signal } = context;
  const [rate, length] = [Number(params.rate), Number(params.length)];
  await requireSameVersion(client, server, signal);
  await requireUnfragmented(context, length);
  const intervals = ["-i", String(intervalOf(duration))];
  return withServer(context, iperf3Tool(server, ["-J", ...intervals]), async ({ warmUp, load }) => {
    const send = [...iperf3Client(server), "-u", "-b", `${rate}M`, "-l", String(length), "-t"];
    await warmUp([...send, String(WARM_UP_S)], WARM_UP_S + CLIENT_MARGIN_S);
    const measured = [...send, String(duration), ...intervals, "--get-server-output"];
    const { output, usage } = await load(measured, duration + CLIENT_MARGIN_S);
    const { throughput, loss, jitter, warnings, ...others } = parseUdp(output.stdout, rate * 1e6);
    return {
      values: { throughput, loss, jitter, ...usageValues(usage, throughput) },
      ...others,
      missing: usageGaps(usage),
      warnings: [...warnings, ...linkWarnings(throughput, context.linkRate)],
    };
  });
}

/** Different versions count packets differently: 3.13 with 3.12 never reports a loss. */
async function requireSameVersion(client: Endpoint, server: Endpoint, signal: AbortSignal): Promise<void> {
  const version = async ({ shell }: Endpoint): Promise<string> =>
    (await run(shell, ["iperf3", "--version"], { signal })).split("\n")[0] ?? "";
  const [clientVersion, serverVersion] = await Promise.all([version(client), version(server)]);
  if (clientVersion !== serverVersion)
    throw new EnvironmentError(
      `different iperf3 versions: ${clientVersion} on the client, ${serverVersion} on the server; ` +
        "UDP loss requires the same version on both",
    );
}

async function requireUnfragmented(context: PairContext, length: number): Promise<void> {
  const { client, server } = context;
  const mtu = server.isServiceIp === true ? client.mtu : ((await probePathMtu(context)) ?? 0);
  const maxLength = mtu - HEADER_BYTES[ipFlag(server.ip)];
  if (length <= maxLength) return;
  throw new EnvironmentError(
    `messages of ${length} bytes exceed the path MTU of ${mtu}; set length to at most ${maxLength}`,
  );
}

interface UdpResult {
  /** bit/s of received payload. */
  readonly throughput: number;
  /** Share of the sent packets that were lost, 0 to 1. */
  readonly loss: number;
  /** Seconds (RFC 1889, section 6.3.1). */
  readonly jitter: number;
  /** Absent for output of older runs, which lacks that of the server. */
  readonly series?: readonly Series[];
  readonly warnings: readonly Warning[];
}

/**
 * Parses the output of `iperf3 -u -J`. Ignores `end.sum`, which is always the sender's rate. Computes the loss from
 * packet counts instead of iperf3's percentage.
 * @param offered bit/s
 * @throws Error if a value is missing or the packet counts are inconsistent
 */
export function parseUdp(text: string, offered: number): UdpResult {
  const json = parseJsonOutput(text);
  const read = (end: "sum_sent" | "sum_received", key: string): number => {
    const value = numberAt(json, "end", end, key);
    if (value === null)
      throw new Error(`iperf3 exited without ${key} of the ${end === "sum_sent" ? "sender" : "receiver"}`);
    return value;
  };
  const [sent, expected, lost] = [
    read("sum_sent", "packets"),
    read("sum_received", "packets"),
    read("sum_received", "lost_packets"),
  ];
  const arrived = expected - lost;
  if (sent <= 0 || arrived < 0 || arrived > sent)
    throw new Error(
      `inconsistent packet counts of iperf3: ${sent} sent, ${expected} expected by the receiver, ${lost} lost`,
    );
  const throughput = read("sum_received", "bits_per_second");
  if (throughput <= 0 && arrived > 0)
    throw new Error(`iperf3 reports ${throughput} bit/s received, but ${arrived} packets arrived`);
  return {
    throughput,
    loss: 1 - arrived / sent,
    jitter: read("sum_received", "jitter_ms") / 1000,
    ...receiverSeries(json),
    warnings: [...generatorWarnings(json, 1), ...sendRateWarnings(read("sum_sent", "bits_per_second"), offered)],
  };
}

/** Returns the length of the intervals that both ends report, in seconds. @param duration seconds of load */
function intervalOf(duration: number): number {
  return intervalFor(duration, 1, 0.1);
}

function receiverSeries(json: unknown): Pick<UdpResult, "series"> {
  const received = [{ json: valueAt(json, "server_output_json"), isSender: false }];
  const duration = numberAt(json, "start", "test_start", "duration") ?? 0;
  const timing = { warmUp: 0, interval: intervalOf(duration) };
  const series = (["throughput", "loss"] as const).flatMap((name) => intervalSeries(name, received, timing));
  return series.length === 0 ? {} : { series };
}

function sendRateWarnings(sent: number, offered: number): Warning[] {
  if (sent >= MIN_SENT_SHARE * offered) return [];
  const inMbits = (rate: number): string => (rate / 1e6).toFixed(0);
  return [
    {
      code: "rate-not-reached",
      message: `the sender reached ${inMbits(sent)} of ${inMbits(offered)} Mbit/s offered`,
    },
  ];
}
