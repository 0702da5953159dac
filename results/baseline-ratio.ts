/** Ratios of a plugin to the baseline, block by block. */
import { type Block, deploymentKey } from "./blocks.ts";
import { median, medianInterval } from "./statistics.ts";
import type { Interval } from "./summary.ts";

/** Returns the values of both plugins for each block that a single session measured of both. */
export function pairBlocks(a: readonly Block[], b: readonly Block[]): [number, number][] {
  const values = new Map<number, number>();
  for (const { block, session, value } of b) if (session !== null) values.set(deploymentKey(block, session), value);
  const pairs: [number, number][] = [];
  for (const { block, session, value } of a) {
    const partner = session === null ? undefined : values.get(deploymentKey(block, session));
    if (partner !== undefined) pairs.push([value, partner]);
  }
  return pairs;
}

/** Returns median and interval of the paired ratios, or null if a value is 0 (a count). */
export function ratioOf(paired: readonly (readonly [number, number])[]): Interval | null {
  if (paired.length === 0 || paired.some(([x, y]) => x <= 0 || y <= 0)) return null;
  const ratios = paired.map(([x, y]) => x / y);
  return { median: median(ratios), ci95: medianInterval(ratios) };
}
