/** Records of node pairs in the sample run. */
import type { PairTable, Repetition } from "../../results/record.ts";
import { sampleRun } from "./sample-run.ts";

const { run, records } = sampleRun({ blocks: 3 });
const CELL = "quick/tcp-1/bridge/netns/cross-node/throughput";

/** The run of the records. */
export const PAIRS_RUN = run;

/** Returns the first record of a block with the given pairs. */
export function withPairs(
  block: number,
  nodes: readonly string[],
  ...pairs: readonly PairTable["pairs"][number][]
): Repetition {
  const record = records.find(
    (one): one is Repetition => one.kind === "repetition" && one.cell === CELL && one.block === block,
  );
  if (record === undefined) throw new Error("record not found in the sample run");
  return { ...record, pairs: { nodes, pairs, omitted: 0 } };
}

/** Returns a pair of nodes. */
export const pair = (client: number, server: number, throughput: number): PairTable["pairs"][number] => ({
  client,
  server,
  throughput,
  latency: 1e-4,
});
