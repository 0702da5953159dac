/** Runs one round: all pairs ping in parallel, then all run their loads in parallel. */
import { messageOf } from "../../core/errors.ts";
import { impossibleValue } from "../../core/metric-range.ts";
import type { MetricName } from "../../core/metrics.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Shell } from "../../core/shell.ts";
import { parseIperf3 } from "../iperf3/tcp.ts";
import { iperf3Client, iperf3Tool } from "../iperf3/tool.ts";
import { CLIENT_MARGIN_S, runClient } from "../support/run-load.ts";
import { parseEchoes } from "../ping/ping.ts";
import type { RunContext } from "../runner.ts";

/** Number of requests per idle pair, and seconds between two requests. */
const PINGS = { count: 20, interval: 0.05 } as const;
/** Time limit of all requests of a pair. */
const PING_TIMEOUT_S = 10;
/** Failed pairs listed in a message. */
const MAX_LISTED_FAILURES = 5;

export interface PairEnds {
  /** Node number, from 0. */
  readonly client: number;
  readonly server: number;
  readonly shell: Shell;
  /** Address of the server's pod. */
  readonly ip: string;
}

export interface PairResult extends Pick<PairEnds, "client" | "server"> {
  /** bit/s. */
  readonly throughput: number;
  /** Median round trip before the load, seconds. */
  readonly latency: number;
}

export interface Round {
  readonly results: readonly PairResult[];
  readonly warnings: readonly Warning[];
}

/**
 * Runs one round.
 * @throws Error that lists the failed pairs by node number, because a redacted run must not contain the names of hosts
 */
export async function runRound(
  ends: readonly PairEnds[],
  { duration, params, signal, keep }: RunContext,
): Promise<Round> {
  const omit = Number(params.omit);
  const latencies = await runForAllPairs(ends, async ({ shell, ip }) => {
    const output = await shell.exec(
      ["ping", "-n", "-c", String(PINGS.count), "-i", String(PINGS.interval), "-w", String(PING_TIMEOUT_S), ip],
      { timeout: PING_TIMEOUT_S + CLIENT_MARGIN_S, signal },
    );
    keep("ping", output);
    return possible("latency-p50", parseEchoes(output.stdout).values["latency-p50"] ?? NaN);
  });
  const load =
    (role: string, flags: readonly string[], timeout: number) =>
    (one: PairEnds): Promise<string> =>
      runClient(one.shell, iperf3Tool(one), [...iperf3Client(one), ...flags], {
        timeout,
        signal,
        keep: (output) => keep(role, output),
      }).then(({ stdout }) => stdout);
  await runForAllPairs(ends, load("warm-up", ["-n", "1M"], CLIENT_MARGIN_S));
  const measure = load("client", ["-t", String(duration), "-O", String(omit)], duration + omit + CLIENT_MARGIN_S);
  const loads = await runForAllPairs(ends, async (one) => {
    const result = parseIperf3(await measure(one));
    return { ...result, throughput: possible("throughput", result.throughput) };
  });
  const results = ends.map(({ client, server }, i): PairResult => ({
    client,
    server,
    throughput: loads[i]?.throughput ?? NaN,
    latency: latencies[i] ?? NaN,
  }));
  return { results, warnings: loads.flatMap(({ warnings }) => warnings) };
}

/** Returns the value. @throws Error if it is impossible, which the totals of many pairs could hide */
function possible(metric: MetricName, value: number): number {
  const impossible = impossibleValue({ [metric]: value });
  if (impossible !== null) throw new Error(`impossible ${impossible}`);
  return value;
}

/** Runs `work` for all pairs in parallel and waits for all, even if some fail. */
async function runForAllPairs<T>(
  ends: readonly PairEnds[],
  work: (one: PairEnds) => Promise<T>,
): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(ends.map(work));
  const failures = ends.flatMap(({ client, server }, i) => {
    const outcome = outcomes[i];
    return outcome?.status === "rejected"
      ? [`node ${client + 1} to node ${server + 1}: ${messageOf(outcome.reason)}`]
      : [];
  });
  if (failures.length === 0)
    return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const more = failures.length > MAX_LISTED_FAILURES ? `; and ${failures.length - MAX_LISTED_FAILURES} more` : "";
  throw new Error(
    `${failures.length} of ${ends.length} pairs failed: ${failures.slice(0, MAX_LISTED_FAILURES).join("; ")}${more}`,
  );
}
