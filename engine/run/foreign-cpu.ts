/**
 * Measures how much CPU time of this host other programs use while a load runs: all processes except this one, its
 * descendants and the kernel's threads. Processes of clusters that are not under load count, too. Processes of other
 * users are invisible if /proc is mounted with `hidepid`.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Host } from "../../core/host.ts";
import { parseProcessStat, TICK_S, type ProcessStat } from "../../core/process-stat.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { BUSY_CORES_THRESHOLD, STOLEN_CORES_THRESHOLD } from "./idle-usage.ts";

/** Cores in use by others, averaged over a time. */
export interface ForeignUsage {
  readonly busy: number;
  /** Withheld by the hypervisor. */
  readonly stolen: number;
}

/** The processes of this host at one time. */
export interface HostProcesses {
  /** Seconds of an unspecified clock. */
  readonly at: number;
  /** Seconds of CPU time that the hypervisor has withheld since boot. */
  readonly stolen: number;
  readonly processes: readonly ProcessStat[];
}

/**
 * Starts to measure.
 * @param foreignPids descendants of this process that are foreign, with their own descendants
 * @returns a function that ends it and returns the usage; null if no time has passed
 */
export function watchForeignCpu(
  { clock }: Pick<Host, "clock">,
  foreignPids: readonly number[],
): () => ForeignUsage | null {
  const before = readHostProcesses(clock.now());
  return () => foreignUsage(before, readHostProcesses(clock.now()), { own: process.pid, foreignPids });
}

/** Returns warnings about processes, and about a hypervisor, that took CPU time from a load. */
export function foreignWarnings(usage: ForeignUsage | null): Warning[] {
  if (usage === null) return [];
  const busy: Warning = {
    code: "busy-machine",
    message: `other processes used ${usage.busy.toFixed(2)} cores during the load and may distort the results`,
  };
  const steal: Warning = {
    code: "steal",
    message:
      `the hypervisor withheld ${usage.stolen.toFixed(2)} cores during the load; ` +
      "other virtual machines may distort the results",
  };
  return [
    ...(usage.busy >= BUSY_CORES_THRESHOLD ? [busy] : []),
    ...(usage.stolen >= STOLEN_CORES_THRESHOLD ? [steal] : []),
  ];
}

/** The roots of process trees; the nearest ancestor decides. */
interface ProcessTrees {
  /** This process. */
  readonly own: number;
  readonly foreignPids: readonly number[];
}

/** Returns the usage between two times. Pure. */
export function foreignUsage(before: HostProcesses, after: HostProcesses, trees: ProcessTrees): ForeignUsage | null {
  const seconds = after.at - before.at;
  if (seconds <= 0) return null;
  const spent = foreignSeconds(withoutOwn(before.processes, trees), withoutOwn(after.processes, trees));
  return { busy: spent / seconds, stolen: (after.stolen - before.stolen) / seconds };
}

/**
 * Returns the CPU time of processes between two readings. The time of a process that exited meanwhile is part of its
 * parent's children, together with its time before.
 */
function foreignSeconds(before: readonly ProcessStat[], after: readonly ProcessStat[]): number {
  const earlier = new Map(before.map((stat) => [identityOf(stat), stat]));
  let own = 0;
  let ofChildren = 0;
  for (const stat of after) {
    const start = earlier.get(identityOf(stat));
    own += ownTime(stat) - (start === undefined ? 0 : ownTime(start));
    ofChildren += childrenTime(stat) - (start === undefined ? 0 : childrenTime(start));
    earlier.delete(identityOf(stat));
  }
  const beforeExit = [...earlier.values()].reduce((sum, stat) => sum + ownTime(stat) + childrenTime(stat), 0);
  return own + Math.max(0, ofChildren - beforeExit);
}

/** Removes this process, its descendants except the foreign ones, and the kernel's threads. */
function withoutOwn(processes: readonly ProcessStat[], { own, foreignPids }: ProcessTrees): readonly ProcessStat[] {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isOwn = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at !== 0; at = parents.get(at))
      if (at === own || foreignPids.includes(at)) return at === own;
    return false;
  };
  return processes.filter(({ pid, isKernelThread }) => !isKernelThread && !isOwn(pid));
}

function identityOf({ pid, startTime }: ProcessStat): string {
  return `${pid}:${startTime}`;
}

function ownTime({ user, system }: ProcessStat): number {
  return user + system;
}

function childrenTime({ childrenUser, childrenSystem }: ProcessStat): number {
  return childrenUser + childrenSystem;
}

/** Reads the processes of this host. @param at seconds of an unspecified clock */
export function readHostProcesses(at: number): HostProcesses {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const stolen = Number(readProcFile("stat").split(/\s+/, 9)[8] ?? 0) * TICK_S;
  const processes = pids.map((pid) => parseProcessStat(readProcFile(`${pid}/stat`)));
  return { at, stolen, processes: processes.filter((stat) => stat !== null) };
}

/** Returns "" for a process that has exited. */
function readProcFile(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    return "";
  }
}
