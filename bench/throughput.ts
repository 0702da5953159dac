/** Compares the TCP throughput that cnibench reports with iperf3 run directly in the same pods, interleaved. */
import type { Host } from "../core/host.ts";
import type { Output } from "../core/shell.ts";
import { median, medianInterval } from "../results/index.ts";
import { iperf3, parseIperf3 } from "../runners/index.ts";
import { targetResult, type Benchmark } from "./benchmark.ts";
import type { EndpointPair } from "../engine/index.ts";
import { withBridgeLab } from "./lab.ts";

const ROUNDS = 40;
const RATIO_BAND = [0.95, 1.05] as const;
const PORT = "5201";
/** Time for the iperf3 server to start listening. */
const SERVER_START_S = 0.2;

export function benchThroughput(host: Host): Promise<Benchmark> {
  return withBridgeLab(host, async (deployment) => {
    const pair = await deployment.connectPair("same-node");
    const ratios: number[] = [];
    let allEqual = true;
    const reported = async (): Promise<number> => {
      const { value, parsed } = await measureReported(host, pair);
      allEqual &&= parsed === value;
      return value ?? NaN;
    };
    const direct = (): Promise<number> => measureDirectly(host, pair);
    for (let i = 0; i < ROUNDS; i++) {
      // Alternate the order, so that neither measurement benefits from it.
      const reportedFirst = i % 2 === 0;
      const [first, second] = reportedFirst ? [reported, direct] : [direct, reported];
      const values = [await first(), await second()];
      const [reportedValue = NaN, directValue = NaN] = reportedFirst ? values : values.reverse();
      ratios.push(reportedValue / directValue);
    }
    const [low, high] = medianInterval(ratios) ?? [NaN, NaN];
    return {
      name: "reported TCP throughput compared with iperf3 run directly",
      rows: [
        ["value equals the tool's JSON output", allEqual ? "always" : "NOT always"],
        [`median ratio, n = ${ROUNDS}`, median(ratios).toFixed(3)],
        ["95 % interval of the median", `${low.toFixed(3)} to ${high.toFixed(3)}`],
      ],
      target: `interval within ${RATIO_BAND.join(" to ")}`,
      result: targetResult(allEqual && low >= RATIO_BAND[0] && high <= RATIO_BAND[1]),
    };
  });
}

/** Runs the iperf3 runner. @returns the reported throughput and that of the stored client output, bit/s */
async function measureReported(
  { signal }: Host,
  { client, server }: EndpointPair,
): Promise<{ readonly value: number | undefined; readonly parsed: number }> {
  const outputs: Output[] = [];
  const { values } = await iperf3.run({
    client,
    server,
    cpuAccounting: "processes",
    awake: null,
    idle: null,
    daemons: [],
    linkRate: null,
    minWarmUp: 0,
    duration: 1,
    params: { streams: 1, omit: 1, direction: "forward" },
    signal,
    keep: (role, output) => void (role === "client" && outputs.push(output)),
  });
  return { value: values.throughput, parsed: parseIperf3(outputs.at(-1)?.stdout ?? "").throughput };
}

/** Runs iperf3 with the same options. @returns throughput, bit/s */
async function measureDirectly({ clock }: Host, { client, server }: EndpointPair): Promise<number> {
  const listening = server.shell.start(["iperf3", "-s", "-4", "-1", "-p", PORT], { stdin: "" });
  await clock.sleep(SERVER_START_S);
  const options = `-4 -J -c ${server.ip} -p ${PORT} -t 1 -O 1 -P 1`.split(" ");
  const output = await client.shell.exec(["iperf3", ...options]);
  await listening.done;
  return parseIperf3(output.stdout).throughput;
}
