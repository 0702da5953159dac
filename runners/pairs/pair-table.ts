/** Builds the stored table of individual pairs: limited in size, slowest pairs first. Pure. */
import type { PairTable } from "../../results/record.ts";
import type { PairResult } from "./round.ts";

/** Maximum number of stored pairs per repetition. */
const MAX_STORED_PAIRS = 1000;

/** @param nodes names; nodes after the last participating one are omitted */
export function pairTable(nodes: readonly string[], results: readonly PairResult[]): PairTable {
  const slowest = results.toSorted((a, b) => a.throughput - b.throughput);
  const last = Math.max(...results.flatMap(({ client, server }) => [client, server]));
  return {
    nodes: nodes.slice(0, last + 1),
    pairs: slowest.slice(0, MAX_STORED_PAIRS),
    omitted: Math.max(0, slowest.length - MAX_STORED_PAIRS),
  };
}
