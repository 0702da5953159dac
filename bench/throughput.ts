/** TCP throughput as cnibench reports it against the same command line by hand in the same pods, in turns. */
import type { Output } from "../core/shell.ts";
import { medianInterval } from "../results/statistics.ts";
import { iperf3, parseIperf3 } from "../runners/iperf3/tcp.ts";
import { median, type Benchmark } from "./benchmark.ts";
import { withBridgeLab } from "./lab.ts";

const ROUNDS = 40;
const RATIO_BAND = [0.95, 1.05] as const;
const PORT = "5201";

export function benchThroughput(): Promise<Benchmark> {
  return withBridgeLab(async (deployment) => {
    const { client, server } = await deployment.connectPair("same-node");
    const signal = new AbortController().signal;
    const params = { streams: 1, omit: 1, direction: "forward" };
    const ratios: number[] = [];
    let equal = true;
    for (let i = 0; i < ROUNDS; i++) {
      const outputs: Output[] = [];
      const keepOutput = (role: string, output: Output): void => void (role === "client" && outputs.push(output));
      const reported = async (): Promise<number> => {
        const { values } = await iperf3.run({
          client,
          server,
          idle: null,
          daemons: [],
          linkRate: null,
          duration: 1,
          params,
          signal,
          keep: keepOutput,
        });
        const parsed = parseIperf3(outputs.at(-1)?.stdout ?? "").throughput;
        equal &&= parsed === values.throughput;
        return values.throughput ?? NaN;
      };
      const byHand = async (): Promise<number> => {
        const listening = server.shell.start(["iperf3", "-s", "-4", "-1", "-p", PORT], { stdin: "" });
        await new Promise((resolve) => setTimeout(resolve, 200));
        const output = await client.shell.exec([
          "iperf3",
          "-4",
          "-J",
          "-c",
          server.ip,
          "-p",
          PORT,
          "-t",
          "1",
          "-O",
          "1",
          "-P",
          "1",
        ]);
        await listening.done;
        return parseIperf3(output.stdout).throughput;
      };
      // Who goes first changes, so that it helps nobody.
      const [first, second] = i % 2 === 0 ? [reported, byHand] : [byHand, reported];
      const values = [await first(), await second()];
      const [reportedValue = NaN, byHandValue = NaN] = i % 2 === 0 ? values : values.reverse();
      ratios.push(reportedValue / byHandValue);
    }
    const [low, high] = medianInterval(ratios) ?? [NaN, NaN];
    return {
      name: "reported TCP throughput against iperf3 by hand",
      rows: [
        ["value equals the tool's own JSON", equal ? "always" : "NOT always"],
        [`median ratio, n = ${ROUNDS}`, median(ratios).toFixed(3)],
        ["95 % interval of the median", `${low.toFixed(3)} to ${high.toFixed(3)}`],
      ],
      target: `interval within ${RATIO_BAND.join(" to ")}`,
      met: equal && low >= RATIO_BAND[0] && high <= RATIO_BAND[1],
    };
  });
}
