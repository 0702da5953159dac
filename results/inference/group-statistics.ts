/** The test statistic of a group of plugins that a hypothesis calls equal, and its distribution. */
import type { Arrangements } from "./arrangements.ts";
import { BITS } from "./bits.ts";
import { membersOf } from "./set-partitions.ts";

/** Value of each plugin in each block, on a scale on which block effects are additive; null where it is missing. */
export type Observations = readonly (readonly (number | null)[])[];

export interface GroupStatistics {
  readonly observed: number;
  /** By arrangement. */
  readonly arranged: Float64Array;
}

/** Share of the pooled variance in the denominator of each pair. */
const POOLED_SHARE = 0.25;

/**
 * Returns the variance of a difference within blocks, pooled over all plugins. It is the same for all arrangements. It
 * contains the differences between plugins, so large differences dominate the sum of several groups.
 */
export function pooledVariance(observations: Observations): number {
  let [squares, degrees] = [0, 0];
  for (const block of observations) {
    const values = block.filter((value) => value !== null);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    degrees += Math.max(0, values.length - 1);
  }
  return degrees === 0 ? 0 : (2 * squares) / degrees;
}

/**
 * Returns the sum over the pairs of a group of their squared, moderated t: the denominator adds a share of the pooled
 * variance to the variance of the pair (Tusher, Tibshirani and Chu, PNAS 98, 2001, use the same idea).
 */
export function groupStatistics(
  group: number,
  observations: Observations,
  { masks, count }: Arrangements,
): GroupStatistics {
  const members = membersOf(group);
  const isShared = (block: Observations[number]): boolean => members.filter((member) => has(block, member)).length > 1;
  const plugins = observations[0]?.length ?? 0;
  const ofArrangement = observations.length * plugins;
  const rows = [...observations.entries()].flatMap(([index, block]) =>
    isShared(block) ? [{ block, masks: index * plugins }] : [],
  );
  const arrange = arranger(members, rows);
  const sumOfT = pairSum(pairsOf(members, rows), POOLED_SHARE * pooledVariance(observations));
  const arranged = new Float64Array(count);
  for (let arrangement = 0; arrangement < count; arrangement++) {
    arranged[arrangement] = sumOfT(arrange(masks, arrangement * ofArrangement));
  }
  // In the order 0, 1, 2, … every plugin keeps its own value.
  const identity = Uint8Array.from({ length: ofArrangement }, (_, cell) => (1 << (cell % plugins)) - 1);
  return { observed: sumOfT(arrange(identity, 0)), arranged };
}

/** A block with at least two members of a group. */
interface Row {
  readonly block: Observations[number];
  /** Index of its first mask in an arrangement. */
  readonly masks: number;
}

function has(block: Observations[number], plugin: number): boolean {
  return (block[plugin] ?? null) !== null;
}

/**
 * Returns a function from the masks of an arrangement, which start at an offset, to the arranged values: the rows of
 * the first member, then those of the second, and so on. Values of members without one are meaningless. The function
 * is called about a million times, so it looks values up by mask, and reuses the array that it returns.
 */
function arranger(group: readonly number[], rows: readonly Row[]): (masks: Uint8Array, offset: number) => Float64Array {
  const members = Uint8Array.from(group);
  const starts = Uint16Array.from(rows, (row) => row.masks);
  const values = Float64Array.from(rows.flatMap(({ block }) => valuesByMask(group, block)));
  const arranged = new Float64Array(members.length * rows.length);
  const masksOfRow = BITS.length;
  return (masks, offset) => {
    for (let row = 0; row < starts.length; row++) {
      const start = offset + (starts[row] as number);
      for (let column = 0; column < members.length; column++) {
        const mask = masks[start + (members[column] as number)] as number;
        arranged[column * starts.length + row] = values[row * masksOfRow + mask] as number;
      }
    }
    return arranged;
  };
}

/** Returns the arranged value of a member by its mask: the values of a group are handed out in order. */
function valuesByMask(group: readonly number[], block: Observations[number]): number[] {
  const present = group.filter((member) => has(block, member));
  const mask = present.reduce((sum, member) => sum | (1 << member), 0);
  return Array.from(BITS, (_, before) => block[present[BITS[before & mask] as number] as number] ?? NaN);
}

/** A pair of members: where their columns start in arranged values, and the rows that have both. */
interface ColumnPair {
  readonly first: number;
  readonly second: number;
  readonly rows: Uint16Array;
}

/** Returns the pairs with at least two common rows. */
function pairsOf(members: readonly number[], rows: readonly Row[]): ColumnPair[] {
  return members
    .flatMap((a, column) => members.slice(column + 1).map((b, distance) => ({ a, b, column, distance })))
    .map(({ a, b, column, distance }) => ({
      first: column * rows.length,
      second: (column + 1 + distance) * rows.length,
      rows: Uint16Array.from(
        [...rows.entries()].filter(([, { block }]) => has(block, a) && has(block, b)),
        ([row]) => row,
      ),
    }))
    .filter((pair) => pair.rows.length >= 2);
}

/** Returns the statistic as a function of the arranged values. */
function pairSum(pairs: readonly ColumnPair[], pooled: number): (arranged: Float64Array) => number {
  return (arranged) => {
    let total = 0;
    for (let pair = 0; pair < pairs.length; pair++) {
      const { first, second, rows } = pairs[pair] as ColumnPair;
      const n = rows.length;
      let sum = 0;
      let squares = 0;
      for (let index = 0; index < n; index++) {
        const row = rows[index] as number;
        const difference = (arranged[first + row] as number) - (arranged[second + row] as number);
        sum += difference;
        squares += difference * difference;
      }
      const explained = (sum * sum) / n;
      const variance = (squares - explained) / (n - 1) + pooled;
      if (variance > 0) total += explained / variance;
    }
    return total;
  };
}
