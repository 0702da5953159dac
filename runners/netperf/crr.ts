/**
 * Runner `netperf-crr`: a new TCP connection for every request, like short-lived clients.
 *
 * No endpoint needs a sysctl: the client cycles through the local ports 5000 to 65535, and the connections in
 * TIME-WAIT are on the server, which reuses them for new connections.
 */
import { TCP_PATHS } from "../../core/model.ts";
import { LATENCY_METRICS } from "../support/percentiles.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { CPU_METRICS, storedUsage, usageGaps, usageValues } from "../support/usage.ts";
import { LATENCY_KEYS, parseLatency } from "./latency.ts";
import { runOmni } from "./omni.ts";

/** Long enough to cycle through all ports several times. */
const MAX_DURATION_S = 10;
/** Time that netserver waits for further connections after the last one. */
const SERVER_WAIT_S = 4;

export const netperfCrr = {
  name: "netperf-crr",
  summary: `TCP connections per second, one request each, for at most ${MAX_DURATION_S} seconds`,
  scope: "pair",
  keepsCpusAwake: true,
  paths: TCP_PATHS,
  metrics: ["connects", ...LATENCY_METRICS, ...CPU_METRICS],
  tools: ["netperf", "netserver"],
  params: {},
  estimate: (duration) => Math.min(duration, MAX_DURATION_S) + SERVER_WAIT_S + 0.7,
  run: runConnects,
  recompute: (stored) => {
    const { values, ...others } = parseLatency(stored.stdout("client"), "connects");
    return { values: { ...values, ...storedUsage(stored, null) }, ...others };
  },
} as const satisfies PairRunner;

async function runConnects(context: PairContext): Promise<Measurement> {
  const bounded = { ...context, duration: Math.min(context.duration, MAX_DURATION_S) };
  // Warms up with a fixed number of connections only: netserver would also wait after a timed run.
  const omni = {
    test: "TCP_CRR",
    options: ["-r", "1,1"],
    keys: LATENCY_KEYS,
    firstRunLength: -5000,
    loadPosition: "first",
  } as const;
  const { output, usage } = await runOmni(bounded, omni);
  const { values, ...others } = parseLatency(output.stdout, "connects");
  return { values: { ...values, ...usageValues(usage, null) }, missing: usageGaps(usage), ...others };
}
