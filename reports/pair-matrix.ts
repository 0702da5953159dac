/** What a run stored of each pair of nodes, as one matrix for each plugin: medians over the blocks. Pure. */
import type { PairTable, Repetition, ResultRecord, RunFile } from "../results/record.ts";
import { median } from "../results/statistics.ts";

/** Names longer than this lose what all of them begin with. */
const MAX_NAME_LENGTH = 24;

export interface MeasuredPair {
  /** Places in the cluster, from 0. */
  readonly client: number;
  readonly server: number;
  /** Medians over the blocks, bit/s and seconds. */
  readonly throughput: number;
  readonly latency: number;
  readonly blocks: number;
}

export interface PairMatrix {
  readonly plugin: string;
  /** By place. */
  readonly nodes: readonly string[];
  /** The slowest first. */
  readonly pairs: readonly MeasuredPair[];
  /** Faster ones that were not stored. */
  readonly omitted: number;
}

type PairRepetition = Repetition & { readonly pairs: PairTable };

/** By `suite / scenario`, in the order of the plan. */
export function pairMatrices(
  run: RunFile,
  records: readonly ResultRecord[],
): ReadonlyMap<string, readonly PairMatrix[]> {
  const stored = records.filter(
    (record): record is PairRepetition => record.kind === "repetition" && record.pairs !== undefined,
  );
  const scenarios = new Map<string, PairMatrix[]>();
  for (const [key, own] of groupBy(stored, ({ cell }) => cell)) {
    const planned = run.plan.cells.find(({ id }) => id === key);
    if (planned === undefined) continue;
    const name = `${planned.suite} / ${planned.scenario}`;
    scenarios.set(name, [...(scenarios.get(name) ?? []), matrixOf(planned.plugin, own)]);
  }
  return scenarios;
}

function matrixOf(plugin: string, records: readonly PairRepetition[]): PairMatrix {
  const measured = records.flatMap(({ block, pairs: { pairs } }) => pairs.map((pair) => ({ ...pair, block })));
  const pairs = [...groupBy(measured, ({ client, server }) => `${client} ${server}`).values()].flatMap(
    (same): MeasuredPair[] => {
      const [first] = same;
      if (first === undefined) return [];
      const blocks = [...groupBy(same, ({ block }) => String(block)).values()];
      const medianOver = (key: "throughput" | "latency"): number =>
        median(blocks.map((block) => median(block.map((one) => one[key]))));
      return [
        {
          client: first.client,
          server: first.server,
          throughput: medianOver("throughput"),
          latency: medianOver("latency"),
          blocks: blocks.length,
        },
      ];
    },
  );
  const omitted = Math.max(...records.map((record) => record.pairs.omitted));
  return { plugin, nodes: nodeNames(records), pairs: pairs.toSorted((a, b) => a.throughput - b.throughput), omitted };
}

/** The name at each place; where the deployments do not agree in it, its number. */
function nodeNames(records: readonly PairRepetition[]): readonly string[] {
  const lists = records.map(({ pairs }) => withoutCommonPrefix(pairs.nodes));
  const count = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) => {
    const names = new Set(lists.flatMap((list) => list[i] ?? []));
    return names.size === 1 ? ([...names][0] ?? "") : `node ${i + 1}`;
  });
}

/** Long names without their common beginning, which ends with a word: that of a cluster, or of a domain. */
function withoutCommonPrefix(names: readonly string[]): readonly string[] {
  const [first = ""] = names;
  if (names.length < 2 || !names.some(({ length }) => length > MAX_NAME_LENGTH)) return names;
  let same = 0;
  while (same < first.length && names.every((name) => name[same] === first[same])) same++;
  const cut = Math.max(first.lastIndexOf("-", same - 1), first.lastIndexOf(".", same - 1)) + 1;
  return names.map((name) => name.slice(cut) || name);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
