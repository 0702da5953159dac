/** Measures CPU time of the machine, and CPU time and memory of the plugin's daemons, in the exact window of a load. */
import type { MetricName } from "../../core/metrics.ts";
import { cpuUsageOfLoad, startCpuSampler, type CpuUsage } from "./cpu.ts";
import { daemonUsageOfLoad, startDaemonSampler, sumDaemonUsage, type DaemonUsage } from "./daemons.ts";
import type { PairContext } from "../runner.ts";
import { clockShift, parseReadings, withWindow, type LoadWindow, type Sampler } from "./sampler.ts";

/** CPU metrics of every load; those with a throughput also have `cpu-per-gbit`. */
export const CPU_METRICS = ["cpu", "cpu-user", "cpu-system", "cpu-softirq"] as const satisfies readonly MetricName[];

/** Resource usage of a load. null: not collected, or no daemons. */
export interface Usage {
  /** Busy cores above the idle machine. */
  readonly cpu: CpuUsage | null;
  readonly daemons: DaemonUsage | null;
}

/** Samples counters from its start on, so they cover the entire load. */
export interface Meter {
  /** Stops the meter and stores its readings. @param window by this machine's clock */
  read(window: LoadWindow): Promise<Usage>;
  stop(): Promise<void>;
}

export function startMeter({
  client,
  daemons,
  idle,
  keep,
}: Pick<PairContext, "client" | "daemons" | "idle" | "keep">): Meter {
  const cpuSampler = startCpuSampler(client.node.shell);
  const daemonSamplers = daemons.map((each) => ({ pageSize: each.pageSize, sampler: startDaemonSampler(each) }));
  const stopAndKeep = async (
    role: string,
    sampler: Sampler,
    { from, to }: LoadWindow,
    facts: object,
  ): Promise<string> => {
    const stopRequested = Date.now() / 1000;
    const output = await sampler.stop();
    const shift = clockShift(parseReadings(output.stdout), stopRequested, Date.now() / 1000);
    const stdout = withWindow(output.stdout, { from: from + shift, to: to + shift, ...facts });
    keep(role, { ...output, stdout });
    return stdout;
  };
  return {
    read: async (window) => {
      const [cpu, ...others] = await Promise.all([
        stopAndKeep("cpu", cpuSampler, window, { idle }).then(cpuUsageOfLoad),
        ...daemonSamplers.map(({ pageSize, sampler }) =>
          stopAndKeep("daemons", sampler, window, { pageSize }).then(daemonUsageOfLoad),
        ),
      ]);
      return { cpu, daemons: sumDaemonUsage(others) };
    },
    stop: async () =>
      void (await Promise.allSettled(
        [cpuSampler, ...daemonSamplers.map(({ sampler }) => sampler)].map((each) => each.stop()),
      )),
  };
}

/** Converts usage to metrics. @param throughput bit/s; null if the load has none. */
export function usageValues({ cpu, daemons }: Usage, throughput: number | null): Partial<Record<MetricName, number>> {
  const gbits = throughput === null || throughput === 0 ? null : throughput / 1e9;
  return {
    ...(cpu === null
      ? {}
      : { cpu: cpu.busy, "cpu-user": cpu.user, "cpu-system": cpu.system, "cpu-softirq": cpu.softirq }),
    ...(cpu === null || gbits === null ? {} : { "cpu-per-gbit": cpu.busy / gbits }),
    ...(daemons === null ? {} : { "cpu-daemons": daemons.cpu, memory: daemons.memory }),
    ...(daemons === null || gbits === null ? {} : { "cpu-daemons-per-gbit": daemons.cpu / gbits }),
  };
}
