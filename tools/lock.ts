/** Provides mutual exclusion between processes. The kernel holds the lock, so a killed holder leaves no stale lock. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../core/errors.ts";
import { describeFailure } from "../core/shell.ts";
import type { Output, Shell } from "../core/shell.ts";

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Seconds to wait for the lock. Default 900. */
  readonly timeout?: number;
  /** Called once if another process holds the lock. */
  readonly onWait?: () => void;
}

const DEFAULT_LOCK_TIMEOUT_S = 900;
/** Seconds without a grant after which another process is assumed to hold the lock. */
const NOTICE_DELAY_S = 0.5;

/**
 * Runs work while holding an exclusive flock(2) on a file. Node.js has no flock, so a child process holds the lock
 * until its stdin is closed, which also happens if this process is killed.
 * @throws EnvironmentError if the lock is not granted in time; the signal's reason if aborted while waiting
 */
export async function withLock<T>(
  shell: Shell,
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  const timeout = options.timeout ?? DEFAULT_LOCK_TIMEOUT_S;
  const holder = shell.start([
    "flock",
    "--exclusive",
    "--timeout",
    String(timeout),
    file,
    "sh",
    "-c",
    'printf %s "$1" >"$2" && exec cat',
    "sh",
    token,
    file,
  ]);
  try {
    await waitUntilGranted(holder.done, { file, token, timeout }, options);
    return await work();
  } finally {
    holder.closeStdin();
    // A holder that still waits for the lock does not notice the closed stdin.
    holder.kill();
    await holder.done;
  }
}

/** A lock request of a holder process, which writes the token to the file once it has the lock. */
interface LockRequest {
  readonly file: string;
  readonly token: string;
  readonly timeout: number;
}

async function waitUntilGranted(
  done: Promise<Output>,
  { file, token, timeout }: LockRequest,
  options: LockOptions,
): Promise<void> {
  const state: { ended?: Output } = {};
  void done.then((output) => (state.ended = output));
  const started = performance.now();
  let notified = false;
  while ((await readFile(file, "utf8").catch(() => "")) !== token) {
    options.signal?.throwIfAborted();
    if (state.ended !== undefined) throw lockError(state.ended, file, timeout);
    if (!notified && performance.now() - started > NOTICE_DELAY_S * 1000) {
      notified = true;
      options.onWait?.();
    }
    await sleep(20);
  }
}

function lockError(output: Output, file: string, timeout: number): EnvironmentError {
  if (output.exitCode === 1 && output.stderr === "") {
    return new EnvironmentError(
      `cannot lock ${file}: held by another cnibench for ${timeout} s; wait until it ends, then retry`,
    );
  }
  return new EnvironmentError(`cannot lock ${file}: ${describeFailure(output)}`);
}
