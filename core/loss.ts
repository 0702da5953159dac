import { UsageError, printable } from "./errors.ts";

const MAX_PERCENT = 50;

/** Parses a packet loss (`1%`, `0.05%`) and returns a ratio from 0 to 1. @throws UsageError outside 0.0001 % to 50 % */
export function parseLoss(written: string): number {
  const match = /^(\d{1,2}(?:\.\d{1,4})?)%$/.exec(written.trim());
  const percent = match === null ? Number.NaN : Number(match[1]);
  if (percent > 0 && percent <= MAX_PERCENT) return Number((percent / 100).toFixed(6));
  throw new UsageError(
    `invalid packet loss "${printable(written).slice(0, 40)}": use 0.0001% to 50%, e.g. 1% or 0.05%`,
  );
}
