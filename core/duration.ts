import { UsageError, printable } from "./errors.ts";

const SECONDS_PER_UNIT = { s: 1, m: 60 } as const;
const MAX_SECONDS = 3600;

/**
 * Parses the duration of a load (`10`, `10s`, `2m`, or a number of seconds) and returns whole seconds. Fractions are
 * rejected because the load tools truncate half a second to 0, which some of them treat as "forever".
 * @throws UsageError outside 1 second to 1 hour.
 */
export function parseDuration(written: string | number): number {
  const seconds = typeof written === "number" ? written : secondsOf(written);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  const shown = printable(String(written)).slice(0, 40);
  throw new UsageError(`invalid duration "${shown}": use whole seconds from 1s to 60m, e.g. 10, 10s or 2m`);
}

function secondsOf(text: string): number {
  const match = /^(\d{1,9})(s|m)?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const unit = (match[2] ?? "s") as keyof typeof SECONDS_PER_UNIT;
  return Number(match[1]) * SECONDS_PER_UNIT[unit];
}
