/**
 * Identifies processes of this host by process ID and time of birth. The ID alone is reused after the process has
 * ended: a leftover would be attributed to a process that has nothing to do with it.
 */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

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
  return { pid: process.pid, birth: birthOf(startTimeOf(process.pid) ?? "") };
}

/** Reports whether the process still runs. Without a birth, any process with the ID counts. */
export function isAlive({ pid, birth }: ProcessIdentity): boolean {
  const start = startTimeOf(pid);
  return start !== null && (birth === null || birth === birthOf(start));
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

/**
 * Returns a text that identifies a process of this PID namespace also to processes of others:
 * `pid:start:pid namespace:boot`. It has fewer than 60 bytes, so that a symbolic link to it needs no block.
 */
export function processKey(pid = process.pid): string {
  return [pid, startTimeOf(pid), pidNamespace(), shortBootId()].join(":");
}

/** Reports whether the process of a {@link processKey} may still run: one of another PID namespace is not visible. */
export function isKeyAlive(key: string): boolean {
  const [pid = "", start = "", namespace, boot] = key.split(":");
  if (boot !== shortBootId()) return false;
  return namespace !== pidNamespace() || isAlive({ pid: Number(pid), birth: birthOf(start) });
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
}

/** Returns the start time of a process in clock ticks since boot, or null if the process does not exist. */
function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may contain spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** Returns the random ID of the current boot. */
function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Returns the start of the boot ID, which is random enough. */
function shortBootId(): string {
  return bootId().slice(0, 8);
}

function birthOf(start: string): string {
  return createHash("sha256").update(`${bootId()} ${start}`).digest("hex").slice(0, 8);
}
