/**
 * Runner `netperf-crr`: a new TCP connection for every request, as short-lived clients make them.
 *
 * Neither end needs a sysctl: the client binds each connection to a port of its own choice, one after the other from 5000 to
 * 65535, and it is the server that keeps the ended ones, which it gives up for new ones.
 */
import { TCP_PATHS } from "../../core/model.ts";
import { LATENCY_METRICS } from "../percentiles.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { usageValues } from "../usage.ts";
import { LATENCY_KEYS, parseLatency } from "./latency.ts";
import { runOmni } from "./omni.ts";

/** Seconds: the ports have come round several times by then. */
const MAX_DURATION_S = 10;
/** Seconds that netserver goes on waiting for connections after the last one. */
const SERVER_WAIT_S = 4;

export const netperfCrr = {
  name: "netperf-crr",
  summary: `TCP connections per second with one request each, for at most ${MAX_DURATION_S} seconds`,
  scope: "pair",
  paths: TCP_PATHS,
  metrics: ["connects", ...LATENCY_METRICS, "cpu", "cpu-user", "cpu-system", "cpu-softirq"],
  tools: ["netperf", "netserver"],
  params: {},
  estimate: (duration) => Math.min(duration, MAX_DURATION_S) + SERVER_WAIT_S + 0.7,
  run: runConnects,
} as const satisfies PairRunner;

async function runConnects(context: PairContext): Promise<Measurement> {
  const bounded = { ...context, duration: Math.min(context.duration, MAX_DURATION_S) };
  // Only discarded runs of a number of connections: those of a time wait as well.
  const omni = {
    test: "TCP_CRR",
    options: ["-r", "1,1"],
    keys: LATENCY_KEYS,
    firstRunLength: -5000,
    warmUpSeconds: 0,
    loadPosition: "first",
  } as const;
  const { output, usage } = await runOmni(bounded, omni);
  const { values, warnings } = parseLatency(output.stdout, "connects");
  return { values: { ...values, ...usageValues(usage, null) }, warnings };
}
