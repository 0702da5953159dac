/**
 * Locks between processes, as links: one system call makes a link and says who holds it, or fails because it is there. The
 * link names its holder so precisely (process, its start time, boot) that a dead holder is recognised and its lock taken
 * away; a lock of a live process never is.
 *
 * Each process has one symbolic link that names it, and a lock is a further hard link to that: nothing new is stored, which
 * would take a file system the longer the more has been stored and removed.
 */
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError, messageOf } from "../core/errors.ts";

/** Milliseconds between two looks at a held lock: soon at first, for operations take milliseconds. */
const FIRST_POLL_MS = 1;
const MAX_POLL_MS = 20;
/** Seconds after which a live holder is taken to hang. */
const LOCK_TIMEOUT_S = 600;

/** Waits until `attempt` returns null; what it returns is who is waited for. @throws EnvironmentError, the signal's reason */
export async function waitUntilFree(attempt: () => string | null, signal?: AbortSignal): Promise<void> {
  const start = performance.now();
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(2 * pause, MAX_POLL_MS)) {
    signal?.throwIfAborted();
    const holder = attempt();
    if (holder === null) return;
    if (performance.now() - start > LOCK_TIMEOUT_S * 1000) {
      throw new EnvironmentError(
        `a lock is held for ${LOCK_TIMEOUT_S} s by process ${holder.split(":")[0]}; end that process and try again`,
      );
    }
    await sleep(pause);
  }
}

/** Takes the lock `name` in `folder`, or returns its live holder. */
export function tryLock(dir: string, name: string): string | null {
  const link = join(dir, name);
  for (;;) {
    try {
      linkSync(holderLinkIn(join(dirname(dir), "holders")), link);
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new EnvironmentError(`no lock can be made in ${dir} (${messageOf(error)}); make it writable`);
    }
    const holder = liveHolder(dir, name);
    if (holder !== null) return holder;
  }
}

export function unlock(dir: string, name: string): void {
  rmSync(join(dir, name), { force: true });
}

/** Who holds the lock; null when nobody alive does. A dead holder's lock is removed. */
export function liveHolder(dir: string, name: string): string | null {
  const holder = readLink(join(dir, name));
  if (holder === null || isAlive(holder)) return holder;
  return removeDeadLock(dir, name, holder);
}

/**
 * Removing is itself under a lock, one for each dead holder: two processes that see the same dead holder could otherwise
 * remove the lock that a third has taken in between. That lock is an ordinary one, so its holder may die too.
 */
function removeDeadLock(dir: string, name: string, dead: string): string | null {
  const guard = `~${createHash("sha256").update(`${name}\0${dead}`).digest("hex").slice(0, 32)}`;
  const busy = tryLock(dir, guard);
  if (busy !== null) return busy;
  try {
    if (readLink(join(dir, name)) === dead) unlock(dir, name);
  } finally {
    unlock(dir, guard);
  }
  return null;
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new EnvironmentError(`the lock ${path} cannot be read (${messageOf(error)}); remove it`);
  }
}

const holderLinks = new Map<string, string>();

/** The link that names this process, made at first use; those of dead processes are removed then. */
function holderLinkIn(dir: string): string {
  const known = holderLinks.get(dir);
  if (known !== undefined) return known;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const holder of readdirSync(dir)) if (!isAlive(holder)) rmSync(join(dir, holder), { force: true });
  const link = join(dir, processIdentity());
  rmSync(link, { force: true }); // of another copy of this program in the same process
  symlinkSync(processIdentity(), link);
  holderLinks.set(dir, link);
  return link;
}

let identity: string | undefined;

/** `pid:start:pid namespace:boot` of this process. */
function processIdentity(): string {
  identity ??= [process.pid, startTimeOf(process.pid), pidNamespace(), bootId()].join(":");
  return identity;
}

function isAlive(holder: string): boolean {
  const [pid = "", start, namespace, boot] = holder.split(":");
  if (boot !== bootId()) return false;
  // A pid of another namespace says nothing here, so its lock is honoured.
  if (namespace !== pidNamespace()) return true;
  return startTimeOf(Number(pid)) === start;
}

/** Clock ticks since boot at which the process started, or null when there is no such process. */
function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
}

/** The first part is random enough, and keeps the link below the 60 bytes that cost a file system no block of its own. */
function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
}
