/** Which pods load which, round by round: a sample of the ordered pairs of nodes. Pure. */
import { shuffle, type Random } from "../../results/random.ts";

/** One pod of those that a node has for one role; both from 0. */
export interface PodSlot {
  readonly node: number;
  readonly number: number;
}

export interface PodPair {
  readonly client: PodSlot;
  readonly server: PodSlot;
}

/**
 * As many nodes take part as there are pairs, and at least two: each is the client of one pair and the server of another then, in every
 * round. With more pairs than nodes each is so several times. No ordered pair of nodes comes again before all have come.
 * @param nodes at least two
 * @returns a list of `pairs` pairs for each round
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

/** Each once. */
export function slotsOf(rounds: readonly (readonly PodPair[])[], role: keyof PodPair): readonly PodSlot[] {
  const places = rounds.flat().map((pair) => pair[role]);
  return [...new Map(places.map((place) => [`${place.node}/${place.number}`, place])).values()];
}

/** All of them, and then all again: shift by shift, so that any `count` in a row have each node once as client, and most once as server. */
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

/** The next pod of the node that is free in this round. */
function nextSlot(taken: Map<number, number>, node: number): PodSlot {
  const number = taken.get(node) ?? 0;
  taken.set(node, number + 1);
  return { node, number };
}
