/** The runners, by name. */
import type { RunnerFacts } from "../core/params.ts";
import { apiServer } from "./api-server.ts";
import { churn } from "./churn.ts";
import { conformance } from "./conformance.ts";
import { crowd } from "./crowd.ts";
import { dns } from "./dns.ts";
import { iperf3 } from "./iperf3/tcp.ts";
import { iperf3Udp } from "./iperf3/udp.ts";
import { lifecycle } from "./lifecycle.ts";
import { netperfCrr } from "./netperf/crr.ts";
import { netperf } from "./netperf/rr.ts";
import { netperfStream } from "./netperf/stream.ts";
import { pairs } from "./pairs/pairs.ts";
import { ping } from "./ping/ping.ts";
import { pingLoaded } from "./ping/loaded.ts";
import { podStart } from "./pod-start/pod-start.ts";
import { rollout } from "./pod-start/rollout.ts";
import { policyLatency } from "./policy-latency/policy-latency.ts";
import { policy } from "./policy/policy.ts";
import type { Runner } from "./runner.ts";

export const runners = {
  iperf3,
  "iperf3-udp": iperf3Udp,
  netperf,
  "netperf-crr": netperfCrr,
  "netperf-stream": netperfStream,
  ping,
  "ping-loaded": pingLoaded,
  lifecycle,
  churn,
  crowd,
  dns,
  "api-server": apiServer,
  "pod-start": podStart,
  rollout,
  pairs,
  "policy-latency": policyLatency,
  conformance,
  policy,
} as const satisfies Record<string, Runner>;

/** Returns the facts about runners that the suite loader needs. */
export function runnerFacts(): Record<string, RunnerFacts> {
  const facts = (runner: Runner): RunnerFacts => ({
    params: runner.params,
    paths: runner.scope === "pair" ? runner.paths : [],
    metrics: runner.scope === "checks" ? [] : runner.metrics,
    ownPaths: runner.scope === "cluster" ? [runner.path] : runner.scope === "lifecycle" ? ["same-node"] : [],
    ...(runner.scope === "lifecycle" ? { podsPerNode: runner.maxPods } : {}),
  });
  return Object.fromEntries(Object.entries(runners).map(([name, runner]) => [name, facts(runner)]));
}

export type { ClusterDeployment, NodeDeployment } from "./deployment.ts";
export { iperf3, parseIperf3 } from "./iperf3/tcp.ts";
export { netperf } from "./netperf/rr.ts";
export { pairs } from "./pairs/pairs.ts";
export type { CheckRunner, Measurement, PairRunner, Recomputed, RunContext, Runner } from "./runner.ts";
export { cpuUsageOfSamples, parseCpuSamples, startCpuSampler } from "./support/cpu.ts";
export type { CpuUsage } from "./support/cpu.ts";
export type { NodeDaemons } from "./support/daemons.ts";
export { LOAD_PORTS } from "./support/run-load.ts";
export type { StoredOutputs } from "./support/stored-outputs.ts";
