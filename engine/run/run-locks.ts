/** The locks of runs: one measurement per host, and one process per run directory. */
import { statSync, type BigIntStats } from "node:fs";
import { EnvironmentError } from "../../core/errors.ts";
import type { Host, TryLock } from "../../core/host.ts";
import { trySocketLock } from "../../core/socket-lock.ts";

/**
 * Allows one measuring run per host, since two would disturb each other.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another run holds the lock
 */
export function lockHost({ tryLock }: Pick<Host, "tryLock">): Promise<() => void> {
  return acquire(tryLock, "measuring", "another cnibench process is measuring on this host; wait until it has ended");
}

/**
 * Allows one session per run directory.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another session holds the lock
 */
export async function lockRunDir(dir: string): Promise<() => void> {
  const stats = statOrNull(dir);
  if (stats === null) return () => undefined; // reading it will report that
  return acquire(
    trySocketLock,
    `run-${stats.dev}-${stats.ino}`,
    `another cnibench process is writing to ${dir}; wait until it has ended`,
  );
}

function statOrNull(dir: string): BigIntStats | null {
  try {
    return statSync(dir, { bigint: true });
  } catch {
    return null;
  }
}

async function acquire(tryLock: TryLock, name: string, message: string): Promise<() => void> {
  const release = await tryLock(name);
  if (release === null) throw new EnvironmentError(message);
  return release;
}
