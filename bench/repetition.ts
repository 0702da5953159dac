/** Measures the overhead of cnibench per repetition, without the load and the deployment. */
import type { Host } from "../core/host.ts";
import { iperf3, netperf } from "../runners/index.ts";
import { median } from "../results/index.ts";
import { formatMs, targetResult, timeEach, type Benchmark } from "./benchmark.ts";
import { withBridgeLab } from "./lab.ts";

const MAX_OVERHEAD_MS = 300;
const SECOND_MS = 1000;

export function benchRepetition(host: Host): Promise<Benchmark> {
  return withBridgeLab(host, async (deployment) => {
    const common = {
      cpuAccounting: "processes" as const,
      awake: null,
      idle: null,
      daemons: [],
      linkRate: null,
      minWarmUp: 0,
      duration: 1,
      signal: host.signal,
      keep: () => undefined,
    };
    const pair = (): ReturnType<typeof deployment.connectPair> => deployment.connectPair("cross-node");
    const loads = {
      "iperf3, 1 s and 1 s omitted": [
        async () => iperf3.run({ ...common, ...(await pair()), params: { streams: 1, omit: 1, direction: "forward" } }),
        2 * SECOND_MS,
      ],
      "netperf, 1 s": [
        async () =>
          netperf.run({ ...common, ...(await pair()), params: { test: "TCP_RR", request: 1, response: 1, warmup: 0 } }),
        SECOND_MS,
      ],
    } as const;
    const overheads: [string, number][] = [];
    for (const [name, [call, load]] of Object.entries(loads))
      overheads.push([name, median(await timeEach(5, call)) - load]);
    return {
      name: "overhead per repetition",
      rows: overheads.map(([name, time]) => [`${name}, median of 5`, formatMs(time)] as const),
      target: `under ${MAX_OVERHEAD_MS} ms`,
      result: targetResult(overheads.every(([, time]) => time < MAX_OVERHEAD_MS)),
    };
  });
}
