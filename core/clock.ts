/** Defines the time on this machine, so that tests can replace it. */
import { setTimeout } from "node:timers/promises";

export interface Clock {
  /** Returns the date and time. */
  date(): Date;
  /** Returns seconds since an unspecified start; never decreases. */
  now(): number;
  /** Waits. @throws the signal's reason if it is aborted meanwhile */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  date: () => new Date(),
  now: () => performance.now() / 1000,
  sleep: async (seconds, signal) => {
    await setTimeout(seconds * 1000, undefined, { signal }).catch(() => signal?.throwIfAborted());
  },
};

/** Formats a time as `2026-01-31T12-00-00`, which sorts by time and is a valid file name everywhere. */
export function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(":", "-");
}
