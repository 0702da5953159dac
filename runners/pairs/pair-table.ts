/** What is stored of the pairs one by one: bounded, the slowest first. Pure. */
import type { PairTable } from "../../results/record.ts";
import type { PairResult } from "./round.ts";

/** Pairs of one repetition that are stored. */
const MAX_STORED_PAIRS = 1000;

/** @param nodes names; those after the last that took part are left out */
export function pairTable(nodes: readonly string[], results: readonly PairResult[]): PairTable {
  const slowest = results.toSorted((a, b) => a.throughput - b.throughput);
  const last = Math.max(...results.flatMap(({ client, server }) => [client, server]));
  return {
    nodes: nodes.slice(0, last + 1),
    pairs: slowest.slice(0, MAX_STORED_PAIRS),
    omitted: Math.max(0, slowest.length - MAX_STORED_PAIRS),
  };
}
