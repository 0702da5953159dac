/**
 * Implements locks between processes with links: one system call creates a link that names the holder, or fails because
 * the link exists. The holder is identified precisely enough (process, start time, boot) to detect that it has exited,
 * so only the locks of exited holders are removed.
 *
 * Each process has one symbolic link with its identity, and each lock is another hard link to it. Locking therefore
 * allocates no inodes, which would get slower the more files have been created and removed.
 */
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { EnvironmentError, messageOf } from "../core/errors.ts";
import { isKeyAlive, processKey } from "../core/process-identity.ts";
import { poll } from "../core/wait.ts";

/** Interval between two attempts: short, because operations take milliseconds. */
const POLL_INTERVAL_S = 0.005;
/** Seconds after which a live holder is assumed to hang. */
const LOCK_TIMEOUT_S = 600;

/**
 * Repeats an attempt, which returns the current holder, until it returns null.
 * @throws EnvironmentError if the lock is held too long; the signal's reason if aborted
 */
export async function waitUntilFree(attempt: () => string | null, signal?: AbortSignal): Promise<void> {
  let holder: string | null = null;
  const check = (): boolean => (holder = attempt()) === null;
  if ((await poll(check, { timeout: LOCK_TIMEOUT_S, every: POLL_INTERVAL_S, signal })) !== null) return;
  throw new EnvironmentError(
    `lock held for ${LOCK_TIMEOUT_S} s by process ${String(holder).split(":")[0]}; end that process, then retry`,
  );
}

/** Acquires the lock `name` in `dir` and returns null, or returns the live holder. */
export function tryLock(dir: string, name: string): string | null {
  const link = join(dir, name);
  for (;;) {
    try {
      linkSync(holderLinkIn(join(dirname(dir), "holders")), link);
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new EnvironmentError(`cannot create a lock in ${dir} (${messageOf(error)}); make it writable`);
    }
    const holder = liveHolder(dir, name);
    if (holder !== null) return holder;
  }
}

/** Releases a lock. */
export function unlock(dir: string, name: string): void {
  rmSync(join(dir, name), { force: true });
}

/** Returns the live holder of a lock, or null. Removes the lock of an exited holder. */
export function liveHolder(dir: string, name: string): string | null {
  const holder = readLink(join(dir, name));
  if (holder === null || isKeyAlive(holder)) return holder;
  return removeDeadLock(dir, name, holder);
}

/**
 * Removes the lock of an exited holder, guarded by another lock per exited holder. Without it, two processes that
 * detect the same exited holder could remove the lock that a third has acquired in between. The guard is an ordinary
 * lock, so its holder may exit too.
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
    throw new EnvironmentError(`cannot read lock ${path} (${messageOf(error)}); remove it`);
  }
}

const holderLinks = new Map<string, string>();

/** Returns the identity link of this process. The first call creates it and removes links of exited processes. */
function holderLinkIn(dir: string): string {
  const known = holderLinks.get(dir);
  if (known !== undefined) return known;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const holder of readdirSync(dir)) if (!isKeyAlive(holder)) rmSync(join(dir, holder), { force: true });
  const key = processKey();
  const link = join(dir, key);
  rmSync(link, { force: true }); // created by another copy of this module in the same process
  symlinkSync(key, link);
  holderLinks.set(dir, link);
  return link;
}
