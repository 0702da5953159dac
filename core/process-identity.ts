/**
 * Identifies processes of this host by process ID and time of birth. The ID alone is reused after the process has
 * ended: a leftover would be attributed to a process that has nothing to do with it.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A process that owns something which outlives it, such as a temporary directory or a cluster. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Fingerprint of the boot and of the start time; null if an older version of cnibench recorded only the ID. */
  readonly birth: string | null;
}

/** Matches `cnibench-<purpose>-<tag>-<suffix>` and the names of older versions, whose tag had no birth. */
const OWNED_NAME = /^cnibench-(?:[\w-]+-p|vm-)(\d{1,10})(?:-([0-9a-f]{8}))?-[A-Za-z0-9]+$/;

/** Returns the identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, birth: birthOf(process.pid) };
}

/** Reports whether the process still runs. Without a birth, any process with the ID counts. */
export function isAlive({ pid, birth }: ProcessIdentity): boolean {
  const current = birthOf(pid);
  return current !== null && (birth === null || birth === current);
}

/** Returns the part of a name that identifies this process, in lowercase and at most 17 characters. */
export function ownerTag(): string {
  const { pid, birth } = ownIdentity();
  return `p${pid}-${birth}`;
}

/** Returns the owner that a name contains (see {@link ownerTag}), or null if it contains none. Pure. */
export function ownerOf(name: string): ProcessIdentity | null {
  const [, pid, birth = null] = OWNED_NAME.exec(name) ?? [];
  return pid === undefined ? null : { pid: Number(pid), birth };
}

/** Returns the start time of a process in clock ticks since boot, or null if the process does not exist. */
export function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may contain spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** Returns the random ID of the current boot. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function birthOf(pid: number): string | null {
  const start = startTimeOf(pid);
  if (start === null) return null;
  return createHash("sha256").update(`${bootId()} ${start}`).digest("hex").slice(0, 8);
}
