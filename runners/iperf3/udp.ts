/**
 * Runner `iperf3-udp`: one rung of a ladder of offered rates: what arrives, and what is lost (method, rule 12).
 *
 * Nothing is omitted at the start (`-O` spoils the loss up to version 3.13): a load of its own comes before and is discarded.
 */
import { EnvironmentError } from "../../core/errors.ts";
import { ipFlag } from "../../core/family.ts";
import { numberAt } from "../../core/json.ts";
import { LOAD_PATHS, type Endpoint, type Warning } from "../../core/model.ts";
import { run } from "../../core/shell.ts";
import { linkWarnings } from "../link.ts";
import { withServer } from "../load.ts";
import { probePathMtu } from "../mtu.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { usageValues } from "../usage.ts";
import { iperf3Client, generatorWarnings, iperf3Tool, CLIENT_MARGIN_S, parseJsonOutput } from "./tool.ts";

/** Seconds of the discarded load. */
const WARM_UP_S = 1;
/** IP and UDP headers, bytes. */
const HEADER_BYTES = { "-4": 28, "-6": 48 } as const;
/** Share of the offered rate below which the sender did not keep up. */
const MIN_SENT_SHARE = 0.95;

export const iperf3Udp = {
  name: "iperf3-udp",
  summary: "UDP at one offered rate: throughput with its loss, and jitter",
  scope: "pair",
  paths: LOAD_PATHS,
  metrics: ["throughput", "loss", "jitter", "cpu", "cpu-user", "cpu-system", "cpu-softirq", "cpu-per-gbit"],
  tools: ["iperf3", "ping"],
  params: {
    rate: { type: "integer", min: 1, max: 100_000, default: 100, summary: "Mbit/s offered" },
    length: {
      type: "integer",
      min: 16,
      max: 65_507,
      default: 1400,
      summary: "bytes of a message; it must pass the path in one packet",
    },
  },
  estimate: (duration) => duration + WARM_UP_S + 0.7,
  run: runUdp,
} as const satisfies PairRunner;

async function runUdp(context: PairContext): Promise<Measurement> {
  const { client, server, duration, params, signal } = context;
  const [rate, length] = [Number(params.rate), Number(params.length)];
  await requireSameVersion(client, server, signal);
  await requireUnfragmented(context, length);
  return withServer(context, iperf3Tool(server), async ({ warmUp, load }) => {
    const send = [...iperf3Client(server), "-u", "-b", `${rate}M`, "-l", String(length), "-t"];
    await warmUp([...send, String(WARM_UP_S)], WARM_UP_S + CLIENT_MARGIN_S);
    const { output, usage } = await load([...send, String(duration)], duration + CLIENT_MARGIN_S);
    const { throughput, loss, jitter, warnings } = parseUdp(output.stdout, rate * 1e6);
    return {
      values: { throughput, loss, jitter, ...usageValues(usage, throughput) },
      warnings: [...warnings, ...linkWarnings(throughput, context.linkRate)],
    };
  });
}

/** Ends of two versions count differently: 3.13 beside 3.12 reports no loss at all. */
async function requireSameVersion(client: Endpoint, server: Endpoint, signal: AbortSignal): Promise<void> {
  const version = async ({ shell }: Endpoint): Promise<string> =>
    (await run(shell, ["iperf3", "--version"], { signal })).split("\n")[0] ?? "";
  const [clientVersion, serverVersion] = await Promise.all([version(client), version(server)]);
  if (clientVersion !== serverVersion)
    throw new EnvironmentError(
      `the loss of UDP needs the same iperf3 on both ends, not ${clientVersion} and ${serverVersion}; install one of them on both`,
    );
}

async function requireUnfragmented(context: PairContext, length: number): Promise<void> {
  const { client, server } = context;
  const mtu = server.isServiceIp === true ? client.mtu : ((await probePathMtu(context)) ?? 0);
  const maxLength = mtu - HEADER_BYTES[ipFlag(server.ip)];
  if (length <= maxLength) return;
  throw new EnvironmentError(
    `messages of ${length} bytes do not pass a path with an MTU of ${mtu} in one packet; set length to at most ${maxLength}`,
  );
}

export interface UdpResult {
  /** bit/s of payload that arrived. */
  readonly throughput: number;
  /** Share of the sent packets that did not arrive, 0 to 1. */
  readonly loss: number;
  /** Seconds (RFC 1889, section 6.3.1). */
  readonly jitter: number;
  readonly warnings: readonly Warning[];
}

/**
 * Reads what `iperf3 -u -J` printed. `end.sum` is the sender's rate, whatever arrived, so it is not looked at; the loss is
 * made of counted packets, not of iperf3's percentage.
 * @param offered bit/s
 * @throws Error
 */
export function parseUdp(text: string, offered: number): UdpResult {
  const json = parseJsonOutput(text);
  const read = (end: "sum_sent" | "sum_received", key: string): number => {
    const value = numberAt(json, "end", end, key);
    if (value === null)
      throw new Error(`iperf3 ended without ${key} of the ${end === "sum_sent" ? "sender" : "receiver"}`);
    return value;
  };
  const [sent, expected, lost] = [
    read("sum_sent", "packets"),
    read("sum_received", "packets"),
    read("sum_received", "lost_packets"),
  ];
  const arrived = expected - lost;
  if (sent <= 0 || arrived < 0 || arrived > sent)
    throw new Error(`iperf3's packets do not add up: ${sent} sent, ${expected} expected by the receiver, ${lost} lost`);
  return {
    throughput: read("sum_received", "bits_per_second"),
    loss: 1 - arrived / sent,
    jitter: read("sum_received", "jitter_ms") / 1000,
    warnings: [...generatorWarnings(json, 1), ...sendRateWarnings(read("sum_sent", "bits_per_second"), offered)],
  };
}

function sendRateWarnings(sent: number, offered: number): Warning[] {
  if (sent >= MIN_SENT_SHARE * offered) return [];
  const inMbits = (rate: number): string => (rate / 1e6).toFixed(0);
  return [
    {
      code: "rate-not-reached",
      message: `the sender reached ${inMbits(sent)} of the ${inMbits(offered)} Mbit/s offered`,
    },
  ];
}
