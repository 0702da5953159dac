/** Parses quantities that a user writes, such as `10s`, `2.5G` or `1%`. All values are returned in SI units. */
import { UsageError, printable } from "./errors.ts";

const SECONDS_PER_UNIT = { "": 1, s: 1, m: 60 } as const;
const MICROSECONDS_PER_UNIT = { us: 1, ms: 1e3, s: 1e6 } as const;
const BITS_PER_UNIT = { "": 1, k: 1e3, M: 1e6, G: 1e9 } as const;
const BYTES_PER_UNIT = { M: 2 ** 20, G: 2 ** 30 } as const;

/**
 * Parses the duration of a load (`10`, `10s`, `2m`, or a number of seconds) and returns whole seconds. Fractions are
 * rejected because the load tools truncate half a second to 0, which some of them treat as "forever".
 * @throws UsageError outside 1 second to 1 hour
 */
export function parseDuration(written: string | number): number {
  const seconds = typeof written === "number" ? written : multiple(written, /^(\d{1,9})(s|m)?$/, SECONDS_PER_UNIT);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600) return seconds;
  throw invalid("duration", String(written), "use whole seconds from 1s to 60m, e.g. 10, 10s or 2m");
}

/** Parses a short delay (`200us`, `5ms`, `1s`) and returns seconds. @throws UsageError outside 1 µs to 1 s */
export function parseDelay(written: string): number {
  const microseconds = Math.round(multiple(written, /^(\d{1,7}(?:\.\d{1,6})?)(us|ms|s)$/, MICROSECONDS_PER_UNIT));
  if (microseconds >= 1 && microseconds <= 1e6) return microseconds / 1e6;
  throw invalid("delay", written, "use 1us to 1s, e.g. 200us or 5ms");
}

/** Parses a packet loss (`1%`, `0.05%`) and returns a ratio from 0 to 1. @throws UsageError outside 0.0001 % to 50 % */
export function parseLoss(written: string): number {
  const percent = multiple(written, /^(\d{1,2}(?:\.\d{1,4})?)(%)$/, { "%": 1 });
  if (percent > 0 && percent <= 50) return Number((percent / 100).toFixed(6));
  throw invalid("packet loss", written, "use 0.0001% to 50%, e.g. 1% or 0.05%");
}

/**
 * Parses the smallest change that counts (`5%`) and returns it as a ratio above 1: 1.05. The unit is required, because
 * a plain number could also be a ratio or a number of seconds.
 * @throws UsageError outside 0.1 % to 100 %
 */
export function parseThreshold(written: string): number {
  if (/^\s*\d+(\.\d+)?\s*$/.test(written)) throw invalid("threshold", written, "add the unit, e.g. 5%");
  const percent = multiple(written, /^(\d{1,3}(?:\.\d{1,4})?) ?(%)$/, { "%": 1 });
  if (percent >= 0.1 && percent <= 100) return Number((1 + percent / 100).toFixed(6));
  throw invalid("threshold", written, "use 0.1% to 100%, e.g. 5%");
}

/** Parses a rate (`100M`, `2.5G`, `1Gbit`) and returns bit/s. @throws UsageError outside 100 kbit/s to 1 Tbit/s */
export function parseRate(written: string): number {
  const rate = Math.round(multiple(written, /^(\d{1,12}(?:\.\d{1,6})?)([kMG]?)(?:bit(?:\/s)?)?$/, BITS_PER_UNIT));
  if (rate >= 1e5 && rate <= 1e12) return rate;
  throw invalid("rate", written, "use 100k to 1000G (bit/s), e.g. 100M or 2.5G");
}

/** Parses an amount of memory (`512M`, `2G`) and returns bytes. @throws UsageError outside 256 MiB to 1 TiB */
export function parseMemory(written: string): number {
  const bytes = multiple(written, /^(\d{1,7})([MG])(?:iB)?$/, BYTES_PER_UNIT);
  if (bytes >= 256 * BYTES_PER_UNIT.M && bytes <= 1024 * BYTES_PER_UNIT.G) return bytes;
  throw invalid("memory size", written, "use 256M to 1024G, e.g. 512M or 2G");
}

/** Returns number times unit, or NaN. @param pattern captures both @param units the value of each unit */
function multiple(written: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const [, number, unit = ""] = pattern.exec(written.trim()) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}

function invalid(quantity: string, written: string, use: string): UsageError {
  return new UsageError(`invalid ${quantity} "${printable(written).slice(0, 40)}": ${use}`);
}

/** Returns a parser of integers from `min` to `max`, which throws UsageError. */
export function integerParser(min: number, max: number): (written: string) => number {
  return (written) => {
    const number = Number(written);
    if (!/^\d{1,10}$/.test(written) || number < min || number > max)
      throw new UsageError(`expected an integer from ${min} to ${max}`);
    return number;
  };
}
