/** Measures CPU time, and CPU time and memory of the plugin's daemons, in the exact window of a load. */
import type { MetricName } from "../../core/metrics.ts";
import { TICK_S } from "../../core/process-stat.ts";
import { cpuUsageOfLoad, startCpuSampler, type CpuUsage } from "./cpu.ts";
import { daemonUsageOfLoad, startDaemonSampler, sumDaemonUsage, type DaemonUsage } from "./daemons.ts";
import type { PairContext } from "../runner.ts";
import { rolesNamed, type StoredOutputs } from "./stored-outputs.ts";
import { clockShift, parseReadings, withWindow, type LoadWindow, type Sampler } from "./sampler.ts";

/** CPU metrics of every load; those with a throughput also have `cpu-per-gbit`. */
export const CPU_METRICS = ["cpu", "cpu-user", "cpu-system", "cpu-softirq"] as const satisfies readonly MetricName[];

/** Resource usage of a load. null: not collected, or no daemons. */
export interface Usage {
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
  cpuAccounting,
  awake,
  idle,
  keep,
}: Pick<PairContext, "client" | "daemons" | "cpuAccounting" | "awake" | "idle" | "keep">): Meter {
  const cpuSampler = startCpuSampler(client.node.shell, cpuAccounting);
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
        stopAndKeep("cpu", cpuSampler, window, { accounting: cpuAccounting, awake, idle }).then(cpuUsageOfLoad),
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

/** Converts usage to metrics, except for {@link usageGaps}. @param throughput bit/s; null if the load has none. */
export function usageValues({ cpu, daemons }: Usage, throughput: number | null): Partial<Record<MetricName, number>> {
  const gbits = throughput === null || throughput === 0 ? null : throughput / 1e9;
  const resolved = cpu === null || isUnresolved(cpu) ? null : cpu;
  return {
    ...(resolved === null
      ? {}
      : {
          cpu: resolved.busy,
          "cpu-user": resolved.user,
          "cpu-system": resolved.system,
          "cpu-softirq": resolved.softirq,
        }),
    ...(resolved === null || gbits === null ? {} : { "cpu-per-gbit": resolved.busy / gbits }),
    ...(daemons === null ? {} : { "cpu-daemons": daemons.cpu, memory: daemons.memory }),
    ...(daemons === null || gbits === null ? {} : { "cpu-daemons-per-gbit": daemons.cpu / gbits }),
  };
}

/** Returns why CPU metrics cannot be measured: the load used less than the counters resolve, which is not 0. */
export function usageGaps({ cpu }: Usage): Partial<Record<MetricName, string>> {
  if (cpu === null || !isUnresolved(cpu)) return {};
  const seconds = cpu.seconds.toFixed(1);
  const reason = `the load used less CPU time than the counters resolve (${TICK_S} s in ${seconds} s)`;
  return Object.fromEntries([...CPU_METRICS, "cpu-per-gbit" as const].map((metric) => [metric, reason]));
}

function isUnresolved({ busy, seconds }: CpuUsage): boolean {
  return busy * seconds < TICK_S;
}

/** Returns the metrics of the resource usage of a load. @param throughput bit/s; null if the load has none */
export function storedUsage(stored: StoredOutputs, throughput: number | null): Partial<Record<MetricName, number>> {
  const cpu = stored.roles.includes("cpu") ? cpuUsageOfLoad(stored.stdout("cpu")) : null;
  const daemons = rolesNamed("daemons", stored).map((role) => daemonUsageOfLoad(stored.stdout(role)));
  return usageValues({ cpu, daemons: sumDaemonUsage(daemons) }, throughput);
}
