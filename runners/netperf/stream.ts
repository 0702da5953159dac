/** Runner `netperf-stream`: TCP throughput by the size of each send call. */
import type { MetricName } from "../../core/metrics.ts";
import { TCP_PATHS } from "../../core/model.ts";
import { linkWarnings } from "../support/run-load.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { CPU_METRICS, storedUsage, usageGaps, usageValues } from "../support/usage.ts";
import { omniSeconds, parseOmni, runOmni, WARM_UP_PARAM } from "./omni.ts";

const STREAM_KEYS = ["REMOTE_RECV_THROUGHPUT", "LOCAL_TRANSPORT_RETRANS"] as const;

export const netperfStream = {
  name: "netperf-stream",
  summary: "TCP throughput by message size",
  scope: "pair",
  paths: TCP_PATHS,
  metrics: ["throughput", "retransmits", ...CPU_METRICS, "cpu-per-gbit"],
  tools: ["netperf", "netserver"],
  params: {
    size: { type: "integer", min: 1, max: 1_048_576, default: 16384, summary: "bytes per send call" },
    warmup: WARM_UP_PARAM,
  },
  estimate: omniSeconds,
  run: runStream,
  recompute: (stored) => {
    const values = parseStream(stored.stdout("client"));
    return { values: { ...values, ...storedUsage(stored, values.throughput) } };
  },
} as const satisfies PairRunner;

async function runStream(context: PairContext): Promise<Measurement> {
  const omni = {
    test: "TCP_STREAM",
    options: ["-m", String(context.params.size)],
    keys: STREAM_KEYS,
    firstRunLength: -100_000,
  };
  const { output, usage } = await runOmni(context, omni);
  const { throughput, ...others } = parseStream(output.stdout);
  return {
    values: { throughput, ...others, ...usageValues(usage, throughput) },
    missing: usageGaps(usage),
    warnings: linkWarnings(throughput, context.linkRate),
  };
}

/**
 * Parses the receiver's throughput (printed in 10^6 bit/s) and the retransmits.
 * @throws Error if a value is missing or nothing was received
 */
export function parseStream(text: string): Partial<Record<MetricName, number>> & { readonly throughput: number } {
  const { REMOTE_RECV_THROUGHPUT: received, LOCAL_TRANSPORT_RETRANS: retransmitted } = parseOmni(text, STREAM_KEYS);
  if (received <= 0) throw new Error(`netperf printed a throughput of ${received} Mbit/s of the receiver`);
  // netperf prints -1 for a value that it did not collect.
  return { throughput: received * 1e6, ...(retransmitted < 0 ? {} : { retransmits: retransmitted }) };
}
