/** Adds up the CPU time of all processes of a cluster whose nodes share a PID namespace, from /proc/PID/stat. */
import { parseProcessStat } from "../../core/process-stat.ts";
import { parseReadings, type Sample } from "./sampler.ts";

/**
 * Patterns of the files to sample, older processes first. A process that exits is then counted with itself or not at
 * all in a reading, but never also with its parent, which had been read before.
 */
export const PROCESS_FILES = Array.from({ length: 7 }, (_, i) => `/proc/${"[0-9]".repeat(i + 1)}/stat`);

/** Seconds of all processes that run or have run, by mode. */
type ProcessSample = Sample<"user" | "system">;

/**
 * Returns one sample per time. The time of an exited process is part of its parent's, so the sum never decreases,
 * except in a reading during which a process exited; such a reading repeats the one before it.
 */
export function parseProcessSamples(text: string): ProcessSample[] {
  const samples = new Map<number, { user: number; system: number }>();
  for (const { at, line } of parseReadings(text)) {
    const stat = parseProcessStat(line);
    if (stat === null) continue;
    const { user, system } = samples.get(at) ?? { user: 0, system: 0 };
    samples.set(at, {
      user: user + stat.user + stat.childrenUser,
      system: system + stat.system + stat.childrenSystem,
    });
  }
  let highest = { user: 0, system: 0 };
  return [...samples].map(([at, spent]) => {
    highest = { user: Math.max(highest.user, spent.user), system: Math.max(highest.system, spent.system) };
    return { at, spent: highest };
  });
}
