/** Runner `ping-loaded`: the ICMP round trip while a TCP stream fills the same path. */
import { systemClock } from "../../core/clock.ts";
import { PLAIN_PATHS } from "../../core/model.ts";
import { CommandError } from "../../core/shell.ts";
import { iperf3Client, iperf3Tool } from "../iperf3/tool.ts";
import { parseIperf3 } from "../iperf3/tcp.ts";
import { CLIENT_MARGIN_S, withServer } from "../support/run-load.ts";
import type { Measurement, PairContext, PairRunner } from "../runner.ts";
import { ECHO_METRICS, maxEchoSeconds, measureEchoes, parseEchoes } from "./ping.ts";

/** Time between the start of the load and the first echo. */
const SETTLE_S = 1;
/** Additional duration of the load for the discarded echoes. */
const SLACK_S = 1;

export const pingLoaded = {
  name: "ping-loaded",
  summary: "ICMP round trip while one TCP stream fills the path, with its throughput",
  scope: "pair",
  paths: PLAIN_PATHS,
  metrics: [...ECHO_METRICS, "throughput"],
  tools: ["ping", "iperf3"],
  params: {},
  estimate: (duration) => loadSeconds(duration) + 0.7,
  run: runLoaded,
  recompute: (stored) => {
    const { throughput } = parseIperf3(stored.stdout("load"));
    const { values, ...others } = parseEchoes(stored.stdout("client"));
    return { values: { ...values, throughput }, ...others };
  },
} as const satisfies PairRunner;

function loadSeconds(duration: number): number {
  return SETTLE_S + maxEchoSeconds(duration) + SLACK_S;
}

async function runLoaded(context: PairContext): Promise<Measurement> {
  const { client, server, duration, signal, keep } = context;
  const seconds = loadSeconds(duration);
  const iperf3 = iperf3Tool(server);
  return withServer(context, iperf3, async () => {
    const load = client.shell.start([...iperf3Client(server), "-t", String(seconds)], {
      stdin: "",
      signal,
      timeout: seconds + CLIENT_MARGIN_S,
    });
    let loading = true;
    const ended = load.done.then((output) => {
      loading = false;
      return output;
    });
    try {
      const earlyExit = await Promise.race([ended, systemClock.sleep(SETTLE_S).then(() => null)]);
      if (earlyExit !== null) throw iperf3.failure(earlyExit) ?? new CommandError(earlyExit);
      const { values, ...others } = await measureEchoes(context);
      if (!loading) throw new Error(`the load (${seconds} s) ended before the last echo; use a less busy machine`);
      const output = await ended;
      const failure = iperf3.failure(output);
      if (failure !== null) throw failure;
      return { values: { ...values, throughput: parseIperf3(output.stdout).throughput }, ...others };
    } finally {
      load.kill("SIGTERM");
      keep("load", await ended);
    }
  });
}
