import { UsageError, printable } from "./errors.ts";

const MICROSECONDS_PER_UNIT = { us: 1, ms: 1e3, s: 1e6 } as const;
const MAX_MICROSECONDS = 1e6;

/** Parses a short delay (`200us`, `5ms`, `1s`) and returns seconds. @throws UsageError outside 1 µs to 1 s */
export function parseDelay(written: string): number {
  const match = /^(\d{1,7}(?:\.\d{1,6})?)(us|ms|s)$/.exec(written.trim());
  const delay =
    match === null
      ? Number.NaN
      : Math.round(Number(match[1]) * MICROSECONDS_PER_UNIT[match[2] as keyof typeof MICROSECONDS_PER_UNIT]);
  if (delay >= 1 && delay <= MAX_MICROSECONDS) return delay / 1e6;
  throw new UsageError(`invalid delay "${printable(written).slice(0, 40)}": use 1us to 1s, e.g. 200us or 5ms`);
}
