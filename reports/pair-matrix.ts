/** Builds one matrix of node pairs per plugin from the stored pairs of a run, with medians over the blocks. Pure. */
import { groupBy } from "../core/group.ts";
import { median, type PairTable, type Repetition, type ResultRecord, type RunFile } from "../results/index.ts";

/** If any node name is longer, the common prefix of all names is removed. */
const MAX_NAME_LENGTH = 24;

export interface MeasuredPair {
  /** Indexes into the nodes, from 0. */
  readonly client: number;
  readonly server: number;
  /** Median over the blocks, bit/s. */
  readonly throughput: number;
  /** Median over the blocks, seconds of an idle round trip. */
  readonly latency: number;
  /** Number of blocks that measured this pair. */
  readonly blocks: number;
}

export interface PairMatrix {
  readonly plugin: string;
  /** Node names, by index. */
  readonly nodes: readonly string[];
  /** The slowest pair first. */
  readonly pairs: readonly MeasuredPair[];
  /** Number of faster pairs that were not stored. */
  readonly omitted: number;
}

type PairRepetition = Repetition & { readonly pairs: PairTable };
type PairSample = Omit<MeasuredPair, "blocks"> & { readonly block: number };

/** Returns the repetitions that measured pairs, without a copy of all records, of which there can be a million. */
export function* pairRepetitions(records: Iterable<ResultRecord>): Generator<PairRepetition> {
  for (const record of records) if (isOfPairs(record)) yield record;
}

function isOfPairs(record: ResultRecord): record is PairRepetition {
  return record.kind === "repetition" && record.pairs !== undefined;
}

/** Returns the matrices by `suite / scenario`, in plan order. */
export function pairMatrices(
  run: RunFile,
  records: Iterable<ResultRecord>,
): ReadonlyMap<string, readonly PairMatrix[]> {
  const matrices = [...groupBy(pairRepetitions(records), ({ cell }) => cell)].flatMap(([id, repetitions]) => {
    const planned = run.plan.cells.find((cell) => cell.id === id);
    return planned === undefined ? [] : [{ ...planned, matrix: matrixOf(planned.plugin, repetitions) }];
  });
  const scenarios = groupBy(matrices, ({ suite, scenario }) => `${suite} / ${scenario}`);
  return new Map([...scenarios].map(([name, same]) => [name, same.map(({ matrix }) => matrix)]));
}

function matrixOf(plugin: string, records: readonly PairRepetition[]): PairMatrix {
  const samples = records.flatMap(({ block, pairs: { pairs } }) => pairs.map((pair) => ({ ...pair, block })));
  const pairs = [...groupBy(samples, ({ client, server }) => `${client} ${server}`).values()].flatMap(measuredPair);
  const omitted = Math.max(...records.map((record) => record.pairs.omitted));
  return { plugin, nodes: nodeNames(records), pairs: pairs.toSorted((a, b) => a.throughput - b.throughput), omitted };
}

/** Merges the samples of one pair: the median of its blocks, whose values are the medians of their repetitions. */
function measuredPair(samples: readonly PairSample[]): MeasuredPair[] {
  const [first] = samples;
  if (first === undefined) return [];
  const { client, server } = first;
  const blocks = [...groupBy(samples, ({ block }) => block).values()];
  const medianOf = (key: "throughput" | "latency"): number =>
    median(blocks.map((block) => median(block.map((sample) => sample[key]))));
  return [{ client, server, throughput: medianOf("throughput"), latency: medianOf("latency"), blocks: blocks.length }];
}

/** Returns the name of the node at each index, or `node <number>` where the names differ between deployments. */
function nodeNames(records: readonly PairRepetition[]): readonly string[] {
  const lists = records.map(({ pairs }) => withoutCommonPrefix(pairs.nodes));
  const count = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) => {
    const names = new Set(lists.flatMap((list) => list[i] ?? []));
    return names.size === 1 ? ([...names][0] ?? "") : `node ${i + 1}`;
  });
}

/** Removes the common prefix of long names, such as the cluster name. The prefix ends at a hyphen or dot. */
function withoutCommonPrefix(names: readonly string[]): readonly string[] {
  const [first = ""] = names;
  if (names.length < 2 || !names.some(({ length }) => length > MAX_NAME_LENGTH)) return names;
  let common = 0;
  while (common < first.length && names.every((name) => name[common] === first[common])) common++;
  const cut = Math.max(first.lastIndexOf("-", common - 1), first.lastIndexOf(".", common - 1)) + 1;
  return names.map((name) => name.slice(cut) || name);
}
