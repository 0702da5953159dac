import { UsageError, printable } from "./errors.ts";

const SECONDS_PER = { ms: 0.001, s: 1, m: 60 } as const;
const MAX_SECONDS = 3600;

/**
 * Seconds of a duration as people write it: `10`, `1s`, `500ms`, `2m`, or a number of seconds.
 * @throws UsageError unless it is above 0 and at most an hour.
 */
export function parseDuration(written: string | number): number {
  const seconds = typeof written === "number" ? written : secondsOf(written);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  const shown = printable(String(written)).slice(0, 40);
  throw new UsageError(`"${shown}" is no usable duration: give one above 0 and at most one hour, such as 10, 1s, 500ms or 2m`);
}

function secondsOf(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const unit = (match[2] ?? "s") as keyof typeof SECONDS_PER;
  return Number(match[1]) * SECONDS_PER[unit];
}
