/** Selects the client and server pods of each round: a sample of the ordered pairs of nodes. Pure. */
import { type Random, shuffle } from "../../results/index.ts";

/** A pod of a role (client or server), by its node and its number on the node, both from 0. */
export interface PodSlot {
  readonly node: number;
  readonly number: number;
}

export interface PodPair {
  readonly client: PodSlot;
  readonly server: PodSlot;
}

/**
 * Distributes the pairs over the nodes. At most `pairs` nodes take part, but at least two. In every round, each of
 * them is the client of one pair and the server of another, or of several pairs if there are more pairs than nodes.
 * An ordered pair of nodes is repeated only after all others were used.
 * @param nodes at least two
 * @returns `pairs` pairs for each round
 */
export function sampleRounds(
  nodes: number,
  pairs: number,
  rounds: number,
  random: Random,
): readonly (readonly PodPair[])[] {
  const sequence = orderedPairs(Math.min(nodes, Math.max(2, pairs)), random);
  return Array.from({ length: rounds }, () => {
    const [clients, servers] = [new Map<number, number>(), new Map<number, number>()];
    return Array.from({ length: pairs }, (): PodPair => {
      const [client, server] = sequence.next().value;
      return { client: nextSlot(clients, client), server: nextSlot(servers, server) };
    });
  });
}

/** Returns all pods of a role without duplicates. */
export function slotsOf(rounds: readonly (readonly PodPair[])[], role: keyof PodPair): readonly PodSlot[] {
  const slots = rounds.flat().map((pair) => pair[role]);
  return [...new Map(slots.map((slot) => [`${slot.node}/${slot.number}`, slot])).values()];
}

/**
 * Yields all ordered pairs repeatedly, grouped by shift: in any `count` consecutive pairs, each node is the client
 * exactly once and most nodes are the server once.
 */
function* orderedPairs(count: number, random: Random): Generator<readonly [client: number, server: number], never> {
  const shifts = shuffle(
    Array.from({ length: count - 1 }, (_, i) => i + 1),
    random,
  );
  for (;;) {
    for (const shift of shifts) {
      for (let client = 0; client < count; client++) yield [client, (client + shift) % count];
    }
  }
}

/** Returns the next pod of the node that is unused in this round. */
function nextSlot(taken: Map<number, number>, node: number): PodSlot {
  const number = taken.get(node) ?? 0;
  taken.set(node, number + 1);
  return { node, number };
}
