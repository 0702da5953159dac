/** Provides mutual exclusion between processes. The kernel holds the lock, so a killed holder leaves no stale lock. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { EnvironmentError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { describeFailure } from "../core/shell.ts";
import type { Output } from "../core/shell.ts";
import { waitUntil } from "../core/wait.ts";

interface LockOptions {
  /** Seconds to wait for the lock. Default 900. */
  readonly timeout?: number;
  /** Called once if another process holds the lock. */
  readonly onWait?: () => void;
}

const DEFAULT_LOCK_TIMEOUT_S = 900;
/** Seconds without a grant after which another process is assumed to hold the lock. */
const NOTICE_DELAY_S = 0.5;
const POLL_INTERVAL_S = 0.02;
/** Seconds for the holder to report its own timeout before it is assumed to hang. */
const HOLDER_MARGIN_S = 10;

/**
 * Runs work while holding an exclusive flock(2) on a file. Node.js has no flock, so a child process holds the lock
 * until its stdin is closed, which also happens if this process is killed.
 * @throws EnvironmentError if the lock is not granted in time; the signal's reason if aborted while waiting
 */
export async function withLock<T>(
  host: Pick<Host, "shell" | "clock" | "signal">,
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  const timeout = options.timeout ?? DEFAULT_LOCK_TIMEOUT_S;
  const holder = host.shell.start([
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
    await waitUntilGranted(host, holder.done, { file, token, timeout }, options.onWait);
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
  { clock, signal }: Pick<Host, "clock" | "signal">,
  done: Promise<Output>,
  { file, token, timeout }: LockRequest,
  onWait: LockOptions["onWait"],
): Promise<void> {
  const state: { ended?: Output } = {};
  void done.then((output) => (state.ended = output));
  const started = clock.now();
  let notified = false;
  const check = async (): Promise<boolean> => {
    if ((await readFile(file, "utf8").catch(() => "")) === token) return true;
    if (state.ended !== undefined) throw lockError(state.ended, file, timeout);
    if (!notified && clock.now() - started > NOTICE_DELAY_S) {
      notified = true;
      onWait?.();
    }
    return false;
  };
  await waitUntil(`cannot lock ${file}: flock did not end`, check, {
    timeout: timeout + HOLDER_MARGIN_S,
    every: POLL_INTERVAL_S,
    signal,
    clock,
  });
}

function lockError(output: Output, file: string, timeout: number): EnvironmentError {
  if (output.exitCode === 1 && output.stderr === "") {
    return new EnvironmentError(
      `cannot lock ${file}: held by another cnibench for ${timeout} s; wait until it ends, then retry`,
    );
  }
  return new EnvironmentError(`cannot lock ${file}: ${describeFailure(output)}`);
}
