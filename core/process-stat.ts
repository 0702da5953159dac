/** Reads the line of /proc/PID/stat (proc_pid_stat(5)). */

/** The unit of CPU time counters: 1/100 s on every architecture (USER_HZ). */
export const TICK_S = 0.01;
/** PF_KTHREAD of the kernel. */
const KERNEL_THREAD_FLAG = 0x200000;

/** CPU times of all threads in seconds. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly isKernelThread: boolean;
  /** Clock ticks since boot. Differs between processes with the same PID. */
  readonly startTime: number;
  readonly user: number;
  readonly system: number;
  /** Of exited children that the process has waited for, including their exited children. */
  readonly childrenUser: number;
  readonly childrenSystem: number;
  /** Pages. */
  readonly resident: number;
}

/** Parses the line; null if it is incomplete or something else. */
export function parseProcessStat(line: string): ProcessStat | null {
  // The name in parentheses may contain any character; field 3 follows the last parenthesis.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3] ?? NaN);
  const stat = {
    pid: Number(/^(\d+) \(/.exec(line)?.[1] ?? NaN),
    parent: field(4),
    isKernelThread: (field(9) & KERNEL_THREAD_FLAG) !== 0,
    startTime: field(22),
    user: field(14) * TICK_S,
    system: field(15) * TICK_S,
    childrenUser: field(16) * TICK_S,
    childrenSystem: field(17) * TICK_S,
    resident: field(24),
  };
  return Object.values(stat).some(Number.isNaN) ? null : stat;
}
