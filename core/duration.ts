import { UsageError, printable } from "./errors.ts";

const SECONDS_PER_UNIT = { s: 1, m: 60 } as const;
const MAX_SECONDS = 3600;

/**
 * Whole seconds of load, as people write it: `10`, `10s`, `2m`, or a number of seconds. Whole, because the load tools read
 * nothing else: what they make of half a second is 0, which means "for ever" to some.
 * @throws UsageError unless it is from one second to one hour.
 */
export function parseDuration(written: string | number): number {
  const seconds = typeof written === "number" ? written : secondsOf(written);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  const shown = printable(String(written)).slice(0, 40);
  throw new UsageError(
    `"${shown}" is no usable duration: give whole seconds from one to an hour, such as 10, 10s or 2m`,
  );
}

function secondsOf(text: string): number {
  const match = /^(\d{1,9})(s|m)?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const unit = (match[2] ?? "s") as keyof typeof SECONDS_PER_UNIT;
  return Number(match[1]) * SECONDS_PER_UNIT[unit];
}
