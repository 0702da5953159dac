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
  const table = tableOf(membersOf(group), observations);
  const sumOfPairs = pairSum(table, POOLED_SHARE * pooledVariance(observations));
  const arranged = new Float64Array(count);
  const ofArrangement = masks.length / Math.max(1, count);
  for (let arrangement = 0; arrangement < count; arrangement++) {
    arranged[arrangement] = sumOfPairs(masks, arrangement * ofArrangement);
  }
  // In the order 0, 1, 2, … every plugin keeps its own value.
  const identity = Uint8Array.from({ length: ofArrangement }, (_, cell) => (1 << (cell % table.plugins)) - 1);
  return { observed: sumOfPairs(identity, 0), arranged };
}

/**
 * The blocks with at least two members of a group, in flat arrays, because the statistic is computed about a million
 * times. A row has a place for each member: first those that have a value, in ascending order.
 */
interface Table {
  /** Number of plugins of the question, and of members of the group. */
  readonly plugins: number;
  readonly width: number;
  readonly rows: number;
  /** By row: number of the block, bit mask and number of the members that have a value. */
  readonly blocks: Uint16Array;
  readonly present: Uint8Array;
  readonly sizes: Uint8Array;
  /** By place: number of the member in the question and in the group, and its value. */
  readonly members: Uint8Array;
  readonly columns: Uint8Array;
  readonly values: Float64Array;
}

function tableOf(members: readonly number[], observations: Observations): Table {
  const width = members.length;
  const rows = observations.flatMap((values, block) => {
    const columns = [...members.keys()].filter((column) => (values[members[column] as number] ?? null) !== null);
    return columns.length < 2 ? [] : [{ block, columns, values }];
  });
  const table: Table = {
    plugins: observations[0]?.length ?? 0,
    width,
    rows: rows.length,
    blocks: Uint16Array.from(rows, ({ block }) => block),
    present: Uint8Array.from(rows, ({ columns }) =>
      columns.reduce((mask, column) => mask | (1 << (members[column] as number)), 0),
    ),
    sizes: Uint8Array.from(rows, ({ columns }) => columns.length),
    members: new Uint8Array(rows.length * width),
    columns: new Uint8Array(rows.length * width),
    values: new Float64Array(rows.length * width),
  };
  rows.forEach(({ columns, values }, row) => {
    table.members.set(
      columns.map((column) => members[column] as number),
      row * width,
    );
    table.columns.set(columns, row * width);
    table.values.set(
      columns.map((column) => values[members[column] as number] as number),
      row * width,
    );
  });
  return table;
}

/** Returns the statistic as a function of the masks of an arrangement, which start at an offset. */
function pairSum(table: Table, pooled: number): (masks: Uint8Array, offset: number) => number {
  const { plugins, width, rows, blocks, present, sizes, members, columns, values } = table;
  const row = new Float64Array(width);
  const sums = new Float64Array(width * width);
  const squares = new Float64Array(width * width);
  const counts = commonRows(table);
  return (masks, offset) => {
    sums.fill(0);
    squares.fill(0);
    for (let index = 0; index < rows; index++) {
      const start = index * width;
      const block = offset + (blocks[index] as number) * plugins;
      const mask = present[index] as number;
      const size = sizes[index] as number;
      for (let i = 0; i < size; i++) {
        const rank = BITS[(masks[block + (members[start + i] as number)] as number) & mask] as number;
        row[i] = values[start + rank] as number;
      }
      for (let i = 0; i < size; i++) {
        const value = row[i] as number;
        const pairs = (columns[start + i] as number) * width;
        for (let j = i + 1; j < size; j++) {
          const pair = pairs + (columns[start + j] as number);
          const difference = value - (row[j] as number);
          sums[pair] = (sums[pair] as number) + difference;
          squares[pair] = (squares[pair] as number) + difference * difference;
        }
      }
    }
    return sumOfT(counts, sums, squares, pooled);
  };
}

/** Returns the number of rows that have both members, by pair of columns. */
function commonRows({ width, rows, sizes, columns }: Table): Float64Array {
  const counts = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const inRow = columns.subarray(row * width, row * width + (sizes[row] as number));
    inRow.forEach((first, i) => {
      for (const second of inRow.subarray(i + 1)) {
        counts[first * width + second] = (counts[first * width + second] as number) + 1;
      }
    });
  }
  return counts;
}

function sumOfT(counts: Float64Array, sums: Float64Array, squares: Float64Array, pooled: number): number {
  let total = 0;
  for (let pair = 0; pair < counts.length; pair++) {
    const n = counts[pair] as number;
    if (n < 2) continue;
    const sum = sums[pair] as number;
    const variance = ((squares[pair] as number) - (sum * sum) / n) / (n - 1) + pooled;
    if (variance > 0) total += (sum * sum) / n / variance;
  }
  return total;
}
