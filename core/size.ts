import { UsageError, printable } from "./errors.ts";

const FACTOR = { M: 2 ** 20, G: 2 ** 30 } as const;
const [MIN_BYTES, MAX_BYTES] = [256 * FACTOR.M, 1024 * FACTOR.G];

/** Parses an amount of memory (`512M`, `2G`) and returns bytes. @throws UsageError outside 256 MiB to 1 TiB */
export function parseMemory(written: string): number {
  const match = /^(\d{1,7})([MG])(?:iB)?$/.exec(written.trim());
  const bytes = match === null ? Number.NaN : Number(match[1]) * FACTOR[match[2] as keyof typeof FACTOR];
  if (bytes >= MIN_BYTES && bytes <= MAX_BYTES) return bytes;
  throw new UsageError(`invalid memory size "${printable(written).slice(0, 40)}": use 256M to 1024G, e.g. 512M or 2G`);
}
