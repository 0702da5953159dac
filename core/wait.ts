/** Waits for conditions by checking them again and again. The only place that polls. */
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

/** Returns null or false while the condition is not met. */
export type Check<T> = () => Promise<T | null | false> | T | null | false;

const DEFAULT_INTERVAL_S = 0.25;

/**
 * Checks a condition until it is met.
 * @param failure start of the error message: `the pods did not start`
 * @returns the value of the last check
 * @throws EnvironmentError on a timeout; the signal's reason if aborted; whatever `check` throws
 */
export async function waitUntil<T>(failure: string, check: Check<T>, options: WaitOptions): Promise<T> {
  const value = await poll(check, options);
  if (value !== null) return value;
  const explanation = await explanationOf(options);
  throw new EnvironmentError(`${failure} within ${options.timeout} s${explanation === "" ? "" : `:\n${explanation}`}`);
}

/** Like {@link waitUntil}, but returns null on a timeout. */
export async function poll<T>(check: Check<T>, options: PollOptions): Promise<T | null> {
  const { timeout, every = DEFAULT_INTERVAL_S, inARow = 1, signal, clock = systemClock } = options;
  const deadline = clock.now() + timeout;
  for (let met = 0; ;) {
    signal?.throwIfAborted();
    const value = await check();
    const isMet = value !== null && value !== false;
    met = isMet ? met + 1 : 0;
    if (isMet && met >= inARow) return value;
    // A condition that begins to be met shortly before the deadline gets the time to prove it.
    if (!isMet && clock.now() > deadline) return null;
    await clock.sleep(every, signal);
  }
}

async function explanationOf({ explain }: WaitOptions): Promise<string> {
  try {
    return (await explain?.()) ?? "";
  } catch {
    return "";
  }
}
