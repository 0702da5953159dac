/** cnibench's own time per repetition: not the load, not the deployment. */
import { iperf3 } from "../runners/iperf3/tcp.ts";
import { netperf } from "../runners/netperf/rr.ts";
import { median, ms, timeEach, type Bench } from "./bench.ts";
import { withBridge } from "./lab.ts";

const LIMIT = 300;
const SECOND = 1000;

export function benchRepetition(): Promise<Bench> {
  return withBridge(async (deployment) => {
    const common = {
      idle: null,
      daemons: [],
      linkRate: null,
      duration: 1,
      signal: new AbortController().signal,
      keep: () => undefined,
    };
    const pair = (): ReturnType<typeof deployment.pair> => deployment.pair("cross-node");
    const loads = {
      "iperf3, 1 s and 1 s omitted": [
        async () => iperf3.run({ ...common, ...(await pair()), params: { streams: 1, omit: 1, direction: "forward" } }),
        2 * SECOND,
      ],
      "netperf, 1 s": [
        async () =>
          netperf.run({ ...common, ...(await pair()), params: { test: "TCP_RR", request: 1, response: 1, warmup: 0 } }),
        SECOND,
      ],
    } as const;
    const own: [string, number][] = [];
    for (const [name, [call, load]] of Object.entries(loads)) own.push([name, median(await timeEach(5, call)) - load]);
    return {
      name: "own time per repetition",
      rows: own.map(([name, time]) => [`${name}, median of 5`, ms(time)] as const),
      target: `under ${LIMIT} ms`,
      met: own.every(([, time]) => time < LIMIT),
    };
  });
}
