/** ICMP round trips with ping of iputils: one sample for each echo. Output of 20221126 is tested. */
import { CommandError, lastLine } from "../../core/errors.ts";
import { run } from "../../core/shell.ts";
import { latencyMeasurement, LATENCY_METRICS } from "../percentiles.ts";
import type { Measurement, PairContext } from "../runner.ts";

/** Seconds between two requests; less than 2 ms is for privileged users only. */
const INTERVAL_S = 0.005;
/** Seconds by which a busy machine may stretch the intervals, and that the last answer may take. */
const OVERRUN_S = 1;
const COMMAND_MARGIN_S = 15;

export const ECHO_METRICS = [...LATENCY_METRICS, "loss"] as const;

/** The longest that the echoes of a load take, seconds. */
export function maxEchoSeconds(duration: number): number {
  return duration + OVERRUN_S;
}

/** Requests for `context.duration` seconds, after a few that are discarded. @throws when nothing answers. */
export async function measureEchoes({ client, server, duration, signal, keep }: PairContext): Promise<Measurement> {
  const limit = String(maxEchoSeconds(duration));
  const ping = (count: number): string[] => [
    "ping",
    "-n",
    "-c",
    String(count),
    "-i",
    String(INTERVAL_S),
    "-w",
    limit,
    server.ip,
  ];
  await run(client.shell, ping(3), { signal });
  const output = await client.shell.exec(ping(Math.round(duration / INTERVAL_S)), {
    signal,
    timeout: duration + COMMAND_MARGIN_S,
  });
  keep("client", output);
  // Exit code 1 says no more than that some answer is missing: that is a result.
  if (output.exitCode === null || output.exitCode > 1) throw new CommandError(output);
  return parseEchoes(output.stdout);
}

/** Reads the answers line by line, and the count of requests below. @throws Error when there is no answer or no count. */
export function parseEchoes(text: string): Measurement {
  const times = new Map(
    [...text.matchAll(/ icmp_seq=(\d+) .*\btime=([\d.]+) ms$/gm)].map(([, sequence, ms]) => [
      sequence,
      Number(ms) / 1000,
    ]),
  );
  const sent = Number(/^(\d+) packets transmitted/m.exec(text)?.[1]);
  const samples = [...times.values()];
  if (samples.length === 0 || !(sent >= samples.length)) {
    throw new Error(`ping got no usable answers: ${lastLine(text) || "it printed nothing"}`);
  }
  const { values, warnings } = latencyMeasurement(samples);
  return { values: { ...values, loss: 1 - samples.length / sent }, warnings };
}
