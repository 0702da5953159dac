/** Measures CPU time by mode over all cores of a node, from /proc/stat (proc_stat(5)), in an exact time window. */
import { valueAt } from "../../core/untrusted-json.ts";
import type { Shell } from "../../core/shell.ts";
import { coresBetween, parseReadings, startSampler, TICK_S, windowOf, type Sample, type Sampler } from "./sampler.ts";

const MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
type Mode = (typeof MODES)[number];

/** Busy cores by mode, averaged over a window. */
export interface CpuUsage {
  readonly user: number;
  readonly system: number;
  /** Hardware and software interrupts, where packets are processed. */
  readonly softirq: number;
  readonly steal: number;
  /** Everything except idle, I/O wait and steal. */
  readonly busy: number;
}

/** Seconds spent in each mode since boot, summed over all cores. */
type CpuSample = Sample<Mode>;

export function startCpuSampler(node: Shell): Sampler {
  return startSampler(node, ["/proc/stat"]);
}

export function parseCpuSamples(text: string): CpuSample[] {
  return parseReadings(text).flatMap(({ at: readAt, line }): CpuSample[] => {
    const [label, ...counters] = line.split(/\s+/);
    if (label !== "cpu" || counters.length < MODES.length) return [];
    return [
      {
        at: readAt,
        spent: Object.fromEntries(MODES.map((mode, i) => [mode, Number(counters[i]) * TICK_S])) as Record<Mode, number>,
      },
    ];
  });
}

/** Returns the usage between two times (seconds since the epoch), or null if the samples do not cover them. */
export function cpuUsageBetween(samples: readonly CpuSample[], from: number, to: number): CpuUsage | null {
  const cores = coresBetween(samples, from, to);
  if (cores === null) return null;
  const user = cores.user + cores.nice;
  const softirq = cores.softirq + cores.irq;
  return { user, system: cores.system, softirq, steal: cores.steal, busy: user + cores.system + softirq };
}

/** Returns the usage over the entire sampled time. */
export function cpuUsageOfSamples(samples: readonly CpuSample[]): CpuUsage | null {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined ? null : cpuUsageBetween(samples, first.at, last.at);
}

/**
 * Returns the usage that a load added to the idle machine.
 * @param text sampler output with the load's window and `idle` (the usage before the load) in its first line
 * @returns null if it was not collected
 */
export function cpuUsageOfLoad(text: string): CpuUsage | null {
  const window = windowOf(text);
  const idle = valueAt(window?.head, "idle") as CpuUsage | null;
  const busy = window === null ? null : cpuUsageBetween(parseCpuSamples(text), window.from, window.to);
  return busy === null || idle === null ? null : subtractIdle(busy, idle);
}

/** Returns the usage that a load added to the idle machine, never below zero. */
export function subtractIdle(load: CpuUsage, idle: CpuUsage): CpuUsage {
  const aboveIdle = (key: keyof CpuUsage): number => Math.max(0, load[key] - idle[key]);
  return {
    user: aboveIdle("user"),
    system: aboveIdle("system"),
    softirq: aboveIdle("softirq"),
    steal: load.steal,
    busy: aboveIdle("busy"),
  };
}
