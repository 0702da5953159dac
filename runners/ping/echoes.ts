/** ICMP round trips with ping of iputils: one sample for each echo. Output of 20221126 is tested. */
import { CommandError, lastLine } from "../../core/errors.ts";
import type { MetricName } from "../../core/model.ts";
import { run } from "../../core/shell.ts";
import { fewSamples, percentile } from "../percentiles.ts";
import type { Measurement, PairContext } from "../runner.ts";

/** Seconds between two requests; less than 2 ms is for privileged users only. */
const INTERVAL = 0.005;
/** Seconds by which a busy machine may stretch the intervals, and that the last answer may take. */
const OVERTIME = 1;
const MARGIN = 15;

export const ECHO_METRICS = ["latency-mean", "latency-p50", "latency-p90", "latency-p99", "loss"] as const;

/** The longest that the echoes of a load take, seconds. */
export function echoSeconds(duration: number): number {
  return duration + OVERTIME;
}

/** Requests for `context.duration` seconds, after a few that are discarded. @throws when nothing answers. */
export async function measureEchoes({ client, server, duration, signal, keep }: PairContext): Promise<Measurement> {
  const limit = String(echoSeconds(duration));
  const ping = (count: number): string[] => ["ping", "-n", "-c", String(count), "-i", String(INTERVAL), "-w", limit, server.ip];
  await run(client.shell, ping(3), { signal });
  const output = await client.shell.exec(ping(Math.round(duration / INTERVAL)), { signal, timeout: duration + MARGIN });
  keep("client", output);
  // Exit code 1 says no more than that some answer is missing: that is a result.
  if (output.exitCode === null || output.exitCode > 1) throw new CommandError(output);
  return parseEchoes(output.stdout);
}

/** Reads the answers line by line, and the count of requests below. @throws Error when there is no answer or no count. */
export function parseEchoes(text: string): Measurement {
  const times = new Map([...text.matchAll(/ icmp_seq=(\d+) .*\btime=([\d.]+) ms$/gm)].map(([, sequence, ms]) => [sequence, Number(ms) / 1000]));
  const sent = Number(/^(\d+) packets transmitted/m.exec(text)?.[1]);
  const samples = [...times.values()];
  if (samples.length === 0 || !(sent >= samples.length)) {
    throw new Error(`ping got no usable answers: ${lastLine(text) || "it printed nothing"}`);
  }
  const warnings = fewSamples(samples.length);
  const values: Partial<Record<MetricName, number>> = {
    "latency-mean": samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
    "latency-p50": percentile(samples, 0.5),
    "latency-p90": percentile(samples, 0.9),
    ...(warnings.length > 0 ? {} : { "latency-p99": percentile(samples, 0.99) }),
    loss: 1 - samples.length / sent,
  };
  return { values, warnings };
}
