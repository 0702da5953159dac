/**
 * Runner `ping`: the ICMP round trip on an idle path, with ping of iputils, one sample per echo. Tested with the output
 * of version 20221126.
 */
import { lastLine } from "../../core/errors.ts";
import { PLAIN_PATHS } from "../../core/model.ts";
import { CommandError, run } from "../../core/shell.ts";
import { latencyMeasurement, LATENCY_METRICS } from "../support/percentiles.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";

/** Time between two requests. Less than 2 ms requires privileges. */
const INTERVAL_S = 0.005;
/** Additional time for delayed requests on a busy machine and for the last answer. */
const OVERRUN_S = 1;
const COMMAND_MARGIN_S = 15;

export const ECHO_METRICS = [...LATENCY_METRICS, "loss"] as const;

export const ping = {
  name: "ping",
  summary: "ICMP round trip on an idle path: mean, percentiles and loss",
  scope: "pair",
  keepsCpusAwake: true,
  paths: PLAIN_PATHS,
  metrics: ECHO_METRICS,
  tools: ["ping"],
  params: {},
  estimate: (duration) => duration + 0.2,
  run: measureEchoes,
  recompute: (stored) => parseEchoes(stored.stdout("client")),
} as const satisfies PairRunner;

/** Returns the maximum duration of the echoes, in seconds. */
export function maxEchoSeconds(duration: number): number {
  return duration + OVERRUN_S;
}

/** Sends requests for `context.duration` seconds, after a few discarded ones. @throws Error without answers. */
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
  // Exit code 1 means that answers are missing, which is a valid result.
  if (output.exitCode === null || output.exitCode > 1) throw new CommandError(output);
  return parseEchoes(output.stdout);
}

/** Parses the answers and the number of sent requests. @throws Error if either is missing. */
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
    throw new Error(`ping received no valid answers: ${lastLine(text) || "empty output"}`);
  }
  const { values, ...others } = latencyMeasurement(samples);
  return { values: { ...values, loss: 1 - samples.length / sent }, ...others };
}
