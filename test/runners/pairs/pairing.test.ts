import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../results/random.ts";
import { slotsOf, sampleRounds } from "../../../runners/pairs/pairing.ts";

const sample = (nodes: number, pairs: number, rounds: number, seed = 1): ReturnType<typeof sampleRounds> =>
  sampleRounds(nodes, pairs, rounds, seededRandom(seed));
const nodePairs = (rounds: ReturnType<typeof sampleRounds>): string[] =>
  rounds.flat().map(({ client, server }) => `${client.node} ${server.node}`);
const most = (values: readonly number[]): number =>
  Math.max(...[...new Set(values)].map((value) => values.filter((one) => one === value).length));

describe.each([
  [2, 1, 2],
  [3, 10, 3],
  [5, 5, 4],
  [7, 3, 2],
  [12, 40, 3],
  [1000, 500, 3],
] as const)("%i nodes, %i pairs, %i rounds", (nodes, pairs, rounds) => {
  const made = sample(nodes, pairs, rounds);

  it("is so many pairs of two different nodes in each round", () => {
    expect(made.map(({ length }) => length)).toEqual(Array.from({ length: rounds }, () => pairs));
    for (const { client, server } of made.flat()) expect(client.node).not.toBe(server.node);
  });

  it("has no ordered pair of nodes again before all have come", () => {
    const taking = Math.min(nodes, Math.max(2, pairs));
    const all = taking * (taking - 1);
    expect(new Set(nodePairs(made).slice(0, all)).size).toBe(Math.min(all, pairs * rounds));
  });

  it("uses no pod twice in a round, and all nodes alike", () => {
    for (const round of made) {
      for (const role of ["client", "server"] as const) {
        expect(slotsOf([round], role)).toHaveLength(pairs);
        expect(most(round.map((pair) => pair[role].node))).toBeLessThanOrEqual(Math.ceil(pairs / nodes) + 1);
      }
    }
  });
});

it("as many pods of each role as pairs are enough for as many pairs as nodes, or fewer", () => {
  for (const pairs of [2, 4, 6])
    expect(
      [slotsOf(sample(6, pairs, 5), "client"), slotsOf(sample(6, pairs, 5), "server")].map(({ length }) => length),
    ).toEqual([pairs, pairs]);
});

it("is the same for the same number, and another for another", () => {
  expect(sample(9, 9, 3)).toEqual(sample(9, 9, 3));
  expect(nodePairs(sample(9, 9, 3))).not.toEqual(nodePairs(sample(9, 9, 3, 2)));
});
