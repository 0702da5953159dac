/** Ratios of a plugin to the baseline, block by block. */
import type { Block } from "./blocks.ts";
import { median, medianInterval } from "./statistics.ts";
import type { Interval } from "./summary.ts";

/** Returns the values of both plugins for each block that a single session measured of both. */
export function pairBlocks(a: readonly Block[], b: readonly Block[]): [number, number][] {
  // A number, because there can be a million blocks: sessions are less than 1,001.
  const key = ({ block, session }: Block): number => 1001 * block + (session ?? 0);
  const ofOneSession = (blocks: readonly Block[]): readonly Block[] => blocks.filter(({ session }) => session !== null);
  const otherValues = new Map(ofOneSession(b).map((block) => [key(block), block.value]));
  return ofOneSession(a).flatMap((block) => {
    const partner = otherValues.get(key(block));
    return partner === undefined ? [] : [[block.value, partner] as [number, number]];
  });
}

/** Returns median and interval of the paired ratios, or null if a value is 0 (a count). */
export function ratioOf(paired: readonly (readonly [number, number])[]): Interval | null {
  if (paired.length === 0 || paired.some(([x, y]) => x <= 0 || y <= 0)) return null;
  const ratios = paired.map(([x, y]) => x / y);
  return { median: median(ratios), ci95: medianInterval(ratios) };
}
