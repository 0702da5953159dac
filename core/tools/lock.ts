/** One at a time across processes: the kernel holds the lock, so a killed holder never leaves a stale one. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError, describeFailure } from "../errors.ts";
import type { Output, Shell } from "../shell.ts";

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Seconds to wait for another holder. Default 900. */
  readonly timeout?: number;
  /** Called once when another holder is in the way. */
  readonly onWait?: () => void;
}

/** Seconds after which an unanswered request means that somebody else holds the lock. */
const NOTICE_DELAY_S = 0.5;

/**
 * Runs work while holding an exclusive flock(2) on file. Node has no flock: a child holds it until its input closes, which
 * also happens when this process dies.
 * @throws EnvironmentError when the lock is not free in time; the signal's reason when aborted while waiting
 */
export async function withLock<T>(
  shell: Shell,
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  const timeout = options.timeout ?? 900;
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
    await waitUntilGranted(holder.done, file, token, options, timeout);
    return await work();
  } finally {
    holder.closeStdin();
    // Still waiting for the lock: it would not read the closed input.
    holder.kill();
    await holder.done;
  }
}

async function waitUntilGranted(
  done: Promise<Output>,
  file: string,
  token: string,
  options: LockOptions,
  timeout: number,
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
      `another cnibench has held ${file} for ${timeout} s: wait until it ends, then try again`,
    );
  }
  return new EnvironmentError(`${file} cannot be locked: ${describeFailure(output)}`);
}
