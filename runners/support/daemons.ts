/**
 * Measures CPU time and memory of a plugin's daemons, from /proc/PID/stat (proc_pid_stat(5)), in the exact window of
 * a load.
 *
 * A child process that exits meanwhile still counts: the kernel adds its time to its parent's children. The
 * resolution is one tick of 10 ms.
 */
import { numberAt } from "../../core/untrusted-json.ts";
import type { Node } from "../../core/model.ts";
import { parseProcessStat } from "../../core/process-stat.ts";
import { coresBetween, parseReadings, startSampler, windowOf, type Sample, type Sampler } from "./sampler.ts";

/** The processes of a plugin's daemons on a node. */
export interface NodeDaemons {
  readonly node: Node;
  /** PIDs as in the node's /proc. */
  readonly pids: readonly number[];
  /** Bytes. */
  readonly pageSize: number;
}

export interface DaemonUsage {
  /** Cores, averaged over the window. */
  readonly cpu: number;
  /** Maximum resident bytes in the window. */
  readonly memory: number;
}

interface DaemonSample extends Sample<"all"> {
  /** Pages. */
  readonly resident: number;
}

export function startDaemonSampler({ node, pids }: NodeDaemons): Sampler {
  return startSampler(
    node.shell,
    pids.map((pid) => `/proc/${pid}/stat`),
  );
}

/**
 * Returns the usage of a node's daemons during a load.
 * @param text sampler output with the load's window and `pageSize` in its first line
 * @returns null if it was not collected, or a daemon restarted
 */
export function daemonUsageOfLoad(text: string): DaemonUsage | null {
  const window = windowOf(text);
  const pageSize = numberAt(window?.head, "pageSize");
  if (window === null || pageSize === null) return null;
  const samples = parseDaemons(text);
  const cores = coresBetween(samples, window.from, window.to);
  const within = samples.filter(({ at }) => at >= window.from && at <= window.to);
  if (cores === null || cores.all < 0 || within.length === 0) return null;
  return { cpu: cores.all, memory: Math.max(...within.map(({ resident }) => resident)) * pageSize };
}

/** Returns the sum over all nodes, or null without nodes or if the values of a node are missing. */
export function sumDaemonUsage(usages: readonly (DaemonUsage | null)[]): DaemonUsage | null {
  const known = usages.filter((usage) => usage !== null);
  if (known.length === 0 || known.length < usages.length) return null;
  const sum = (key: keyof DaemonUsage): number => known.reduce((total, usage) => total + usage[key], 0);
  return { cpu: sum("cpu"), memory: sum("memory") };
}

/** Returns one sample per time: the sum over the processes that existed then. */
function parseDaemons(text: string): DaemonSample[] {
  const samples = new Map<number, DaemonSample>();
  for (const { at, line } of parseReadings(text)) {
    const stat = parseProcessStat(line);
    if (stat === null) continue;
    const before = samples.get(at);
    const time = stat.user + stat.system + stat.childrenUser + stat.childrenSystem;
    samples.set(at, {
      at,
      spent: { all: (before?.spent.all ?? 0) + time },
      resident: (before?.resident ?? 0) + stat.resident,
    });
  }
  return [...samples.values()];
}
