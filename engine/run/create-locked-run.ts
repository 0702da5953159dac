/** Creates the directory of a new run, which no other process can resume meanwhile. */
import { rmdirSync } from "node:fs";
import { EnvironmentError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { claimEmptyDir, createRun, type Redact, type RunFile, type RunStore } from "../../results/index.ts";
import { lockRunDir } from "./run-locks.ts";

/** A run directory that this process may write to until `unlock` is called. */
export interface LockedRun {
  readonly store: RunStore;
  readonly unlock: () => void;
}

/**
 * Creates a run directory. It is locked before anything is stored, so a failure leaves no run without a process.
 * @throws UsageError if `dir` is not empty or not writable; EnvironmentError if another process uses it, or the disk is
 *   full
 */
export async function createLockedRun(
  host: Pick<Host, "tryLock">,
  dir: string,
  run: RunFile,
  redact: Redact | null,
): Promise<LockedRun> {
  const created = await claimEmptyDir(dir);
  const unlock = await lockRunDir(host, dir).catch((error: unknown) => {
    // A process that holds the lock has begun to use the directory.
    if (created && !(error instanceof EnvironmentError)) rmdirSync(dir);
    throw error;
  });
  try {
    return { store: await createRun(dir, run, redact), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}
