/** The locks of runs: one measurement per host, and one process per run directory. */
import { statSync, type BigIntStats } from "node:fs";
import { EnvironmentError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";

/** The machine, as far as locks need it. */
type LockHost = Pick<Host, "tryLock">;

/**
 * Allows one measuring run per host, since two would disturb each other.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another run holds the lock
 */
export function lockHost(host: LockHost): Promise<() => void> {
  return acquire(host, "measuring", "another cnibench process is measuring on this host; wait until it has ended");
}

/**
 * Allows one session per run directory.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another session holds the lock
 */
export async function lockRunDir(host: LockHost, dir: string): Promise<() => void> {
  const stats = statOrNull(dir);
  if (stats === null) return () => undefined; // reading it will report that
  return acquire(
    host,
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

async function acquire({ tryLock }: LockHost, name: string, message: string): Promise<() => void> {
  const release = await tryLock(name);
  if (release === null) throw new EnvironmentError(message);
  return release;
}
