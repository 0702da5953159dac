/** The test statistic of a group of plugins that a hypothesis calls equal, and its distribution. */
import { type Arrangements, TILE, tiledLength } from "./arrangements.ts";
import { BITS } from "./bits.ts";
import { membersOf } from "./set-partitions.ts";

/** Value of each plugin in each block, on a scale on which block effects are additive; null where it is missing. */
export type Observations = readonly (readonly (number | null)[])[];

/** Returns the differences of two plugins in their common blocks. */
export function differencesOf(observations: Observations, a: number, b: number): number[] {
  const differences: number[] = [];
  for (const row of observations) {
    const x = row[a] ?? null;
    const y = row[b] ?? null;
    if (x !== null && y !== null) differences.push(x - y);
  }
  return differences;
}

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
 * Number of arrangements whose sums are computed at the same time. Those of a single one are a chain of additions, for
 * each of which the processor would wait. Divides {@link TILE}.
 */
const LANES = 4;

/**
 * Returns the sum over the pairs of a group of their squared, moderated t: the denominator adds a share of the pooled
 * variance to the variance of the pair (Tusher, Tibshirani and Chu, PNAS 98, 2001, use the same idea).
 */
export function groupStatistics(
  group: number,
  observations: Observations,
  { masks, count }: Arrangements,
): GroupStatistics {
  const plugins = observations[0]?.length ?? 0;
  const members = membersOf(group);
  const rows = rowsOf(members, observations);
  const pairs = pairsOf(members, rows);
  const arrange = arranger(members, rows, plugins);
  const pooled = POOLED_SHARE * pooledVariance(observations);
  const statisticsOf = (table: Uint8Array, length: number): Float64Array => {
    const sums = new Float64Array(tiledLength(length));
    for (let first = 0; first < length; first += TILE) {
      const values = arrange(table, first * observations.length * plugins);
      for (const pair of pairs) addPair(pair, { values, pooled }, sums, first);
    }
    return sums.subarray(0, length);
  };
  return {
    observed: statisticsOf(identityTile(observations.length, plugins), 1)[0] as number,
    arranged: statisticsOf(masks, count),
  };
}

/** In the order 0, 1, 2, … every plugin keeps its own value. */
function identityTile(blocks: number, plugins: number): Uint8Array {
  return Uint8Array.from(
    { length: blocks * plugins * TILE },
    (_, index) => (1 << (Math.floor(index / TILE) % plugins)) - 1,
  );
}

/** A block with at least two members of a group. */
interface Row {
  /** Number of the block, from 0. */
  readonly block: number;
  /** Members with a value, as a bit mask. */
  readonly present: number;
  /** Their values. */
  readonly values: readonly number[];
}

function rowsOf(members: readonly number[], observations: Observations): Row[] {
  return [...observations.entries()].flatMap(([block, observed]) => {
    const present = members.filter((member) => (observed[member] ?? null) !== null);
    const values = present.map((member) => observed[member] as number);
    return present.length < 2 ? [] : [{ block, values, present: present.reduce((mask, one) => mask | (1 << one), 0) }];
  });
}

/**
 * Returns a function from a table of masks, and the offset of a tile in it, to arranged values by member, row and
 * arrangement. The values of a group are handed out in order: a member gets the one whose number is that of the present
 * members before it; values of members without one are meaningless. This is done about a hundred thousand times, so the
 * function reuses the array that it returns.
 */
function arranger(
  members: readonly number[],
  rows: readonly Row[],
  plugins: number,
): (masks: Uint8Array, offset: number) => Float64Array {
  const cells = members.flatMap((member) => rows.map((row) => ({ ...row, source: row.block * plugins + member })));
  const sources = Uint16Array.from(cells, ({ source }) => source * TILE);
  const present = Uint8Array.from(cells, (cell) => cell.present);
  // Up to all members precede one without a value.
  const perCell = members.length + 1;
  const stored = new Float64Array(cells.length * perCell);
  cells.forEach(({ values }, cell) => stored.set(values, cell * perCell));
  const arranged = new Float64Array(cells.length * TILE);
  const bits = BITS;
  return (masks, offset) => {
    for (let cell = 0; cell < sources.length; cell++) {
      const source = offset + (sources[cell] as number);
      const mask = present[cell] as number;
      const values = cell * perCell;
      const target = cell * TILE;
      for (let i = 0; i < TILE; i += LANES) {
        const rank0 = bits[(masks[source + i] as number) & mask] as number;
        const rank1 = bits[(masks[source + i + 1] as number) & mask] as number;
        const rank2 = bits[(masks[source + i + 2] as number) & mask] as number;
        const rank3 = bits[(masks[source + i + 3] as number) & mask] as number;
        arranged[target + i] = stored[values + rank0] as number;
        arranged[target + i + 1] = stored[values + rank1] as number;
        arranged[target + i + 2] = stored[values + rank2] as number;
        arranged[target + i + 3] = stored[values + rank3] as number;
      }
    }
    return arranged;
  };
}

/** A pair of members: the indexes of their first arranged values, by row that has both. */
interface ColumnPair {
  readonly left: Uint16Array;
  readonly right: Uint16Array;
}

/** Returns the pairs with at least two common rows. */
function pairsOf(members: readonly number[], rows: readonly Row[]): ColumnPair[] {
  const pairs = members.flatMap((a, i) =>
    members.slice(i + 1).map((b, distance) => ({ a, b, i, j: i + 1 + distance })),
  );
  return pairs.flatMap(({ a, b, i, j }) => {
    const both = (1 << a) | (1 << b);
    const common = [...rows.keys()].filter((row) => ((rows[row] as Row).present & both) === both);
    const indexes = (column: number): Uint16Array =>
      Uint16Array.from(common, (row) => (column * rows.length + row) * TILE);
    return common.length < 2 ? [] : [{ left: indexes(i), right: indexes(j) }];
  });
}

/** Adds the squared, moderated t of a pair to the sums of a tile, which start at `first`. */
function addPair(
  { left, right }: ColumnPair,
  { values, pooled }: { readonly values: Float64Array; readonly pooled: number },
  sums: Float64Array,
  first: number,
): void {
  const n = left.length;
  for (let lane = 0; lane < TILE; lane += LANES) {
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    let [squares0, squares1, squares2, squares3] = [0, 0, 0, 0];
    for (let row = 0; row < n; row++) {
      const i = (left[row] as number) + lane;
      const j = (right[row] as number) + lane;
      const difference0 = (values[i] as number) - (values[j] as number);
      const difference1 = (values[i + 1] as number) - (values[j + 1] as number);
      const difference2 = (values[i + 2] as number) - (values[j + 2] as number);
      const difference3 = (values[i + 3] as number) - (values[j + 3] as number);
      sum0 += difference0;
      sum1 += difference1;
      sum2 += difference2;
      sum3 += difference3;
      squares0 += difference0 * difference0;
      squares1 += difference1 * difference1;
      squares2 += difference2 * difference2;
      squares3 += difference3 * difference3;
    }
    const start = first + lane;
    sums[start] = (sums[start] as number) + squaredT(sum0, squares0, n, pooled);
    sums[start + 1] = (sums[start + 1] as number) + squaredT(sum1, squares1, n, pooled);
    sums[start + 2] = (sums[start + 2] as number) + squaredT(sum2, squares2, n, pooled);
    sums[start + 3] = (sums[start + 3] as number) + squaredT(sum3, squares3, n, pooled);
  }
}

/** Returns n * mean^2 / (variance + pooled) of n differences, with a single division, because divisions are slow. */
function squaredT(sum: number, squares: number, n: number, pooled: number): number {
  const explained = sum * sum;
  const variance = n * squares - explained + n * (n - 1) * pooled;
  return variance > 0 ? ((n - 1) * explained) / variance : 0;
}
