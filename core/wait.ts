/**
 * Waits for conditions by checking them again and again, repeats actions, and limits the time of promises. Only core/
 * sets timers; an interval or a pause outside of it would be a second implementation.
 */
import { setMaxListeners } from "node:events";
import { systemClock, type Clock } from "./clock.ts";
import { EnvironmentError } from "./errors.ts";

export interface PollOptions {
  /** Seconds until the condition must be met. A check that has begun by then is completed. */
  readonly timeout: number;
  /** Seconds between two checks. Default 0.25. */
  readonly every?: number | undefined;
  /** Number of consecutive checks that must meet the condition. Default 1. */
  readonly inARow?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Pick<Clock, "now" | "sleep"> | undefined;
}

export interface WaitOptions extends PollOptions {
  /** Called after a timeout. Returns the cause of the timeout. Its errors are ignored. */
  readonly explain?: (() => Promise<string> | string) | undefined;
}

/** Returns null, undefined or false while the condition is not met. */
export type Condition<T> = () => Promise<T | Unmet> | T | Unmet;
type Unmet = null | undefined | false;

export interface RetryOptions {
  /** Maximum number of attempts. */
  readonly attempts: number;
  /** Seconds between two attempts. */
  readonly every: number;
  /** No attempt starts after an abort. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Pick<Clock, "sleep"> | undefined;
}

const DEFAULT_INTERVAL_S = 0.25;

/**
 * Checks a condition until it is met.
 * @param failure start of the error message: `the pods did not start`
 * @returns the value of the last check
 * @throws EnvironmentError on a timeout; the signal's reason if aborted; whatever `check` throws
 */
export async function waitUntil<T>(failure: string, check: Condition<T>, options: WaitOptions): Promise<T> {
  const value = await poll(check, options);
  if (value !== null) return value;
  const explanation = await explanationOf(options);
  throw new EnvironmentError(`${failure} within ${options.timeout} s${explanation === "" ? "" : `:\n${explanation}`}`);
}

/** Like {@link waitUntil}, but returns null on a timeout. */
export async function poll<T>(check: Condition<T>, options: PollOptions): Promise<T | null> {
  const { timeout, every = DEFAULT_INTERVAL_S, inARow = 1, signal, clock = systemClock } = options;
  const deadline = clock.now() + timeout;
  for (let met = 0; ;) {
    signal?.throwIfAborted();
    const value = await check();
    if (value !== null && value !== undefined && value !== false) {
      if (++met >= inARow) return value;
      // A condition that begins to be met shortly before the deadline gets the time to prove it.
    } else {
      if (clock.now() > deadline) return null;
      met = 0;
    }
    await clock.sleep(every, signal);
  }
}

/**
 * Repeats an action while its result asks for it.
 * @returns the last result, which still asks for it if no attempt was left or the action was aborted
 * @throws the signal's reason if aborted between two attempts; whatever `action` throws
 */
export async function retry<T>(
  action: () => Promise<T> | T,
  needsRetry: (result: T) => boolean,
  { attempts, every, signal, clock = systemClock }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const result = await action();
    if (attempt >= attempts || signal?.aborted === true || !needsRetry(result)) return result;
    await clock.sleep(every, signal);
  }
}

/**
 * Waits for a promise.
 * @param timeout seconds
 * @param explain returns the error message of a timeout
 * @throws EnvironmentError on a timeout; the signal's reason if aborted; the error of the promise
 */
export async function within<T>(
  timeout: number,
  promise: Promise<T>,
  explain: () => string,
  { signal, clock = systemClock }: Pick<PollOptions, "signal" | "clock"> = {},
): Promise<T> {
  const settled = new AbortController();
  const ends = signal === undefined ? [settled.signal] : [signal, settled.signal];
  const timedOut = clock.sleep(timeout, AbortSignal.any(ends)).then(() => {
    throw new EnvironmentError(explain());
  });
  timedOut.catch(() => undefined);
  try {
    return await Promise.race([promise, timedOut]);
  } finally {
    settled.abort();
  }
}

/**
 * Waits for a promise, and calls a function that makes it settle if that takes too long: one that kills a process.
 * @param timeout seconds
 */
export async function waitOrElse<T>(promise: Promise<T>, timeout: number, onTimeout: () => void): Promise<T> {
  const timer = setTimeout(onTimeout, timeout * 1000);
  return promise.finally(() => clearTimeout(timer));
}

/**
 * Runs work with a signal that aborts with the given one, or after some time.
 * @param seconds until the signal aborts; the work decides what happens then
 * @param reason of that abort
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  { seconds, reason }: { readonly seconds: number; readonly reason: Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const limited = AbortSignal.any([signal, limit.signal]);
  setMaxListeners(0, limited); // every running command adds a listener
  return waitOrElse(work(limited), seconds, () => limit.abort(reason));
}

async function explanationOf({ explain }: WaitOptions): Promise<string> {
  try {
    return (await explain?.()) ?? "";
  } catch {
    return "";
  }
}
