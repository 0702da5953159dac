import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../results/random.ts";
import { slotsOf, sampleRounds } from "../../../runners/pairs/pairing.ts";

const sample = (nodes: number, pairs: number, rounds: number, seed = 1): ReturnType<typeof sampleRounds> =>
  sampleRounds(nodes, pairs, rounds, seededRandom(seed));
const nodePairs = (rounds: ReturnType<typeof sampleRounds>): string[] =>
  rounds.flat().map(({ client, server }) => `${client.node} ${server.node}`);
const maxOccurrences = (values: readonly number[]): number =>
  Math.max(...[...new Set(values)].map((value) => values.filter((one) => one === value).length));

describe.each([
  [2, 1, 2],
  [3, 10, 3],
  [5, 5, 4],
  [7, 3, 2],
  [12, 40, 3],
  [1000, 500, 3],
] as const)("%i nodes, %i pairs, %i rounds", (nodes, pairs, rounds) => {
  const sampled = sample(nodes, pairs, rounds);

  it("returns that number of pairs of different nodes for each round", () => {
    expect(sampled.map(({ length }) => length)).toEqual(Array.from({ length: rounds }, () => pairs));
    for (const { client, server } of sampled.flat()) expect(client.node).not.toBe(server.node);
  });

  it("repeats an ordered pair of nodes only after all others", () => {
    const participants = Math.min(nodes, Math.max(2, pairs));
    const all = participants * (participants - 1);
    expect(new Set(nodePairs(sampled).slice(0, all)).size).toBe(Math.min(all, pairs * rounds));
  });

  it("uses each pod at most once per round, and all nodes equally", () => {
    for (const round of sampled) {
      for (const role of ["client", "server"] as const) {
        expect(slotsOf([round], role)).toHaveLength(pairs);
        expect(maxOccurrences(round.map((pair) => pair[role].node))).toBeLessThanOrEqual(Math.ceil(pairs / nodes) + 1);
      }
    }
  });
});

it("needs one pod per pair and role if there are at least as many nodes as pairs", () => {
  for (const pairs of [2, 4, 6])
    expect(
      [slotsOf(sample(6, pairs, 5), "client"), slotsOf(sample(6, pairs, 5), "server")].map(({ length }) => length),
    ).toEqual([pairs, pairs]);
});

it("depends on the seed only", () => {
  expect(sample(9, 9, 3)).toEqual(sample(9, 9, 3));
  expect(nodePairs(sample(9, 9, 3))).not.toEqual(nodePairs(sample(9, 9, 3, 2)));
});
