/**
 * Rearrangements of plugin labels within blocks: under the hypothesis that plugins are equal, all are equally likely.
 *
 * An arrangement is stored as a table of bit masks, one per block and plugin: the set of plugins that precede it in a
 * random order of the block. The order of any group of plugins follows from the same table, and the orders of groups
 * without common members are independent, so one table serves all hypotheses.
 */
import type { Random } from "../random.ts";
import { BITS } from "./bits.ts";

/** Number of arrangements up to which all are listed. */
const MAX_LISTED = 10_000;
/** Number of random arrangements otherwise. With the observed one, p-values are multiples of 1/10,000. */
const RANDOM_ARRANGEMENTS = 9_999;
/** The smallest p-value of random arrangements. */
export const MIN_RANDOM_P = 1 / (RANDOM_ARRANGEMENTS + 1);

/** Number of arrangements that are stored side by side, so that their values fit into the fastest cache. */
export const TILE = 16;

/** Returns the number of arrangements in a table that has only full tiles. */
export function tiledLength(count: number): number {
  return Math.ceil(count / TILE) * TILE;
}

export interface Arrangements {
  /** Masks by tile, block, plugin and arrangement of the tile. The last tile is padded. */
  readonly masks: Uint8Array;
  readonly count: number;
  /** Whether the list is complete, and so contains the observed arrangement. */
  readonly isComplete: boolean;
}

/**
 * Returns all arrangements of the plugins if there are few, otherwise random ones. In a complete list the order of the
 * first block is fixed: statistics of complete blocks do not change if labels are exchanged in all blocks at once, and
 * with missing plugins the list is still a group of arrangements with the observed one, which makes the test exact.
 * @param plugins at most 8
 */
export function arrangementsOf(plugins: number, blocks: number, random: Random): Arrangements {
  const orders = ordersOf(plugins);
  const orderCount = orders.length / plugins;
  const total = orderCount ** (blocks - 1);
  const isComplete = total <= MAX_LISTED;
  const count = isComplete ? total : RANDOM_ARRANGEMENTS;
  const masks = new Uint8Array(tiledLength(count) * blocks * plugins);
  for (let arrangement = 0; arrangement < count; arrangement++) {
    // In a complete list, the digits of the number of the arrangement are the orders of the blocks after the first.
    let digits = arrangement * orderCount;
    const offset = (arrangement - (arrangement % TILE)) * blocks * plugins + (arrangement % TILE);
    for (let block = 0; block < blocks; block++) {
      const order = isComplete ? digits % orderCount : Math.floor(random() * orderCount);
      digits = Math.floor(digits / orderCount);
      for (let plugin = 0; plugin < plugins; plugin++) {
        masks[offset + (block * plugins + plugin) * TILE] = orders[order * plugins + plugin] as number;
      }
    }
  }
  return { masks, count, isComplete };
}

const knownOrders = new Map<number, Uint8Array>();

/** Returns the masks of all orders of the plugins, one order after the other. */
function ordersOf(plugins: number): Uint8Array {
  const known = knownOrders.get(plugins) ?? maskedOrders(plugins);
  knownOrders.set(plugins, known);
  return known;
}

/** Inserts the last plugin at every position of every order of the others. */
function maskedOrders(plugins: number): Uint8Array {
  if (plugins === 0) return new Uint8Array(0);
  const others = plugins - 1;
  const smaller = maskedOrders(others);
  const count = others === 0 ? 1 : smaller.length / others;
  const masks = new Uint8Array(count * plugins * plugins);
  const last = 1 << others;
  for (let order = 0; order < count; order++) {
    const base = smaller.subarray(order * others, (order + 1) * others);
    for (let offset = 0; offset < plugins; offset++) {
      // At the end first, so that the first order is 0, 1, 2, ….
      const position = others - offset;
      const target = masks.subarray((order * plugins + offset) * plugins);
      base.forEach((mask, plugin) => {
        const isBefore = (BITS[mask] as number) < position;
        target[plugin] = isBefore ? mask : mask | last;
        if (isBefore) target[others] = (target[others] as number) | (1 << plugin);
      });
    }
  }
  return masks;
}
