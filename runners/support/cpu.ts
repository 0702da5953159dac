/**
 * Measures the CPU time of a load by mode in an exact time window, from /proc/stat (proc_stat(5)) and, where the nodes
 * show exactly the processes of the cluster, from /proc/PID/stat.
 */
import type { CpuAccounting } from "../../core/model.ts";
import { TICK_S } from "../../core/process-stat.ts";
import { stringAt, valueAt } from "../../core/untrusted-json.ts";
import type { Shell } from "../../core/shell.ts";
import { parseProcessSamples, PROCESS_FILES } from "./processes.ts";
import { coresBetween, parseReadings, startSampler, windowOf, type Sample, type Sampler } from "./sampler.ts";

const MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
type Mode = (typeof MODES)[number];

/** Cores in use by mode, averaged over a window. */
export interface CpuUsage {
  readonly user: number;
  readonly system: number;
  /** Hardware and software interrupts, where packets are processed. */
  readonly softirq: number;
  readonly steal: number;
  /** Everything except idle, I/O wait and steal. */
  readonly busy: number;
  /** Length of the window. */
  readonly seconds: number;
}

/** Seconds spent in each mode since boot, summed over all cores. */
type CpuSample = Sample<Mode>;

export function startCpuSampler(node: Shell, accounting: CpuAccounting): Sampler {
  return startSampler(node, ["/proc/stat", ...(accounting === "processes" ? PROCESS_FILES : [])]);
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
  const { system, steal } = cores;
  return { user, system, softirq, steal, busy: user + system + softirq, seconds: to - from };
}

/** Returns the usage over the entire sampled time. */
export function cpuUsageOfSamples(samples: readonly CpuSample[]): CpuUsage | null {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined ? null : cpuUsageBetween(samples, first.at, last.at);
}

/**
 * Returns the usage of a load: that of the cluster's processes and of the kernel for packets, or what the load added to
 * the idle machine.
 * @param text sampler output with the load's window, `accounting` (default: `machine`), `awake` (how the CPUs were kept
 *   awake) and `idle` (the usage of the machine before the load) in its first line
 * @returns null if it was not collected
 */
export function cpuUsageOfLoad(text: string): CpuUsage | null {
  const window = windowOf(text);
  if (window === null) return null;
  const { head, from, to } = window;
  const samples = parseCpuSamples(text);
  const machine = cpuUsageBetween(stringAt(head, "awake") === "spinners" ? withoutNice(samples) : samples, from, to);
  if (machine === null) return null;
  if (stringAt(head, "accounting") === "processes") {
    const processes = coresBetween(parseProcessSamples(text), from, to);
    return processes === null ? null : addSoftirq(processes, machine);
  }
  const idle = valueAt(head, "idle") as CpuUsage | null;
  return idle === null ? null : subtractIdle(machine, idle);
}

/** Removes the time of the processes that keep CPUs awake, and of all others whose priority was lowered. */
function withoutNice(samples: readonly CpuSample[]): CpuSample[] {
  return samples.map(({ at, spent }) => ({ at, spent: { ...spent, nice: 0 } }));
}

/**
 * Adds the time in which the kernel processed packets to that of processes. Kernels without CONFIG_IRQ_TIME_ACCOUNTING
 * count the former also as time of the process that was interrupted; the machine's time outside interrupts bounds
 * that of the processes, so it is not added twice.
 */
function addSoftirq(processes: Readonly<Record<"user" | "system", number>>, machine: CpuUsage): CpuUsage {
  const sum = processes.user + processes.system;
  const share = sum > 0 ? Math.min(1, (machine.user + machine.system) / sum) : 0;
  const [user, system] = [processes.user * share, processes.system * share];
  return { ...machine, user, system, busy: user + system + machine.softirq };
}

/** Returns the usage that a load added to the idle machine, never below zero. */
export function subtractIdle(load: CpuUsage, idle: CpuUsage): CpuUsage {
  const aboveIdle = (key: keyof CpuUsage): number => Math.max(0, load[key] - idle[key]);
  return {
    ...load,
    user: aboveIdle("user"),
    system: aboveIdle("system"),
    softirq: aboveIdle("softirq"),
    busy: aboveIdle("busy"),
  };
}
