/** Runner `netperf`: sequential requests and responses over one open connection. */
import { LOAD_PATHS } from "../../core/model.ts";
import { LATENCY_METRICS } from "../support/percentiles.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { CPU_METRICS, storedUsage, usageGaps, usageValues } from "../support/usage.ts";
import { LATENCY_KEYS, parseLatency } from "./latency.ts";
import { omniSeconds, runOmni, WARM_UP_PARAM } from "./omni.ts";

export const netperf = {
  name: "netperf",
  summary: "request-response over TCP or UDP: transactions per second, mean latency and percentiles",
  scope: "pair",
  keepsCpusAwake: true,
  paths: LOAD_PATHS,
  metrics: ["transactions", ...LATENCY_METRICS, ...CPU_METRICS],
  tools: ["netperf", "netserver"],
  params: {
    test: { type: "choice", values: ["TCP_RR", "UDP_RR"], default: "TCP_RR", summary: "netperf test" },
    request: { type: "integer", min: 1, max: 65536, default: 1, summary: "bytes per request" },
    response: { type: "integer", min: 1, max: 65536, default: 1, summary: "bytes per response" },
    warmup: WARM_UP_PARAM,
  },
  estimate: omniSeconds,
  run: runRequests,
  recompute: (stored) => {
    const { values, ...others } = parseLatency(stored.stdout("client"), "transactions");
    return { values: { ...values, ...storedUsage(stored, null) }, ...others };
  },
} as const satisfies PairRunner;

async function runRequests(context: PairContext): Promise<Measurement> {
  const { test, request, response } = context.params;
  const omni = {
    test: String(test),
    options: ["-r", `${request},${response}`],
    keys: LATENCY_KEYS,
    firstRunLength: -1000,
  };
  const { output, usage } = await runOmni(context, omni);
  const { values, ...others } = parseLatency(output.stdout, "transactions");
  return { values: { ...values, ...usageValues(usage, null) }, missing: usageGaps(usage), ...others };
}
