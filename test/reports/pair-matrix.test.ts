/** The matrix of node pairs: medians over the blocks, and readable node names. */
import { expect, test } from "vitest";
import { pairMatrices } from "../../reports/pair-matrix.ts";
import { PAIRS_RUN, pair, withPairs } from "../helpers/sample-pairs.ts";

test("a pair has the median of its blocks, and long node names lose their common prefix", () => {
  const names = (run: string): string[] =>
    ["control-plane", "worker", "worker2"].map((name) => `cnibench-2026-${run}-${name}`);
  const stored = [
    withPairs(1, names("a1"), pair(0, 1, 10), pair(0, 1, 20)),
    withPairs(2, names("b2"), pair(0, 1, 1), pair(2, 0, 3)),
    withPairs(3, names("c3"), pair(0, 1, 30)),
  ];
  const [found] = pairMatrices(PAIRS_RUN, stored).get("quick / tcp-1") ?? [];
  expect(found).toEqual({
    plugin: "bridge",
    nodes: ["control-plane", "worker", "worker2"],
    pairs: [
      { client: 2, server: 0, throughput: 3, latency: 1e-4, blocks: 1 },
      { client: 0, server: 1, throughput: 15, latency: 1e-4, blocks: 3 },
    ],
    omitted: 0,
  });
});

test("nodes whose names differ between deployments are numbered", () => {
  const [found] =
    pairMatrices(PAIRS_RUN, [withPairs(1, ["a", "b"], pair(0, 1, 1)), withPairs(2, ["a", "c"], pair(0, 1, 1))]).get(
      "quick / tcp-1",
    ) ?? [];
  expect(found?.nodes).toEqual(["a", "node 2"]);
});
