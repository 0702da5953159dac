import { UsageError, printable } from "./errors.ts";

const FACTOR = { M: 2 ** 20, G: 2 ** 30 } as const;
const [MIN, MAX] = [256 * FACTOR.M, 1024 * FACTOR.G];

/** Bytes of memory, as people write it: `512M`, `2G`. @throws UsageError outside 256 MiB to 1 TiB. */
export function parseMemory(written: string): number {
  const match = /^(\d{1,7})([MG])(?:iB)?$/.exec(written.trim());
  const bytes = match === null ? Number.NaN : Number(match[1]) * FACTOR[match[2] as keyof typeof FACTOR];
  if (bytes >= MIN && bytes <= MAX) return bytes;
  throw new UsageError(
    `"${printable(written).slice(0, 40)}" is no usable amount of memory: give 256M to 1024G, such as 512M or 2G`,
  );
}
