import { UsageError, printable } from "./errors.ts";

const FACTOR = { "": 1, k: 1e3, M: 1e6, G: 1e9 } as const;
const [MIN_RATE, MAX_RATE] = [1e5, 1e12];

/** Parses a rate (`100M`, `2.5G`, `1Gbit`) and returns bit/s. @throws UsageError outside 100 kbit/s to 1 Tbit/s */
export function parseRate(written: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([kMG]?)(?:bit(?:\/s)?)?$/.exec(written.trim());
  const rate =
    match === null ? Number.NaN : Math.round(Number(match[1]) * FACTOR[(match[2] ?? "") as keyof typeof FACTOR]);
  if (rate >= MIN_RATE && rate <= MAX_RATE) return rate;
  throw new UsageError(
    `invalid rate "${printable(written).slice(0, 40)}": use 100k to 1000G (bit/s), e.g. 100M or 2.5G`,
  );
}
