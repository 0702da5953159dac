/** Compares all pairs of plugins of each question, using the blocks that both plugins have. */
import { groupBy } from "../core/group.ts";
import type { Block } from "./blocks.ts";
import type { PlannedCell } from "./record.ts";
import { blocksNeeded, holm, minReachableP, signedRankP } from "./signed-rank.ts";
import { median, medianInterval } from "./statistics.ts";
import type { Comparison, Interval } from "./summary.ts";

/** Family-wise error rate of one question, after Holm's correction. */
export const SIGNIFICANCE_LEVEL = 0.05;

export interface MeasuredCell {
  readonly planned: PlannedCell;
  readonly blocks: readonly Block[];
}

interface PluginPair {
  readonly a: string;
  readonly b: string;
  readonly n: number;
  readonly ratio: Interval | null;
  /** Median paired difference on the tested scale; positive if a is greater. */
  readonly shift: number;
  readonly p: number;
}

/** Returns all comparisons of a run by question, in plan order. A question is a metric of a scenario on a path. */
export function compareAll(cells: readonly MeasuredCell[]): Comparison[] {
  const ranked = cells.filter(({ planned }) => planned.better !== "none");
  const questions = groupBy(ranked, ({ planned: { suite, scenario, path, metric } }) =>
    [suite, scenario, path, metric].join("/"),
  );
  return [...questions.values()].flatMap(compareQuestion);
}

function compareQuestion(cells: readonly MeasuredCell[]): Comparison[] {
  const pairs = cells.flatMap((a, index) => cells.slice(index + 1).flatMap((b) => comparePair(a, b) ?? []));
  const adjusted = holm(pairs.map(({ p }) => p));
  return pairs.map((pair, index) => {
    const { suite, scenario, path, metric, better } = (cells[0] as MeasuredCell).planned;
    const pHolm = adjusted[index] as number;
    const reachable = pairs.length * minReachableP(pair.n) <= SIGNIFICANCE_LEVEL;
    const verdict = reachable ? verdictOf(pair, pHolm, better === "higher") : "insufficient";
    const needed = reachable ? null : blocksNeeded(pairs.length, SIGNIFICANCE_LEVEL);
    return {
      suite,
      scenario,
      path,
      metric,
      a: pair.a,
      b: pair.b,
      verdict,
      ratio: pair.ratio,
      n: pair.n,
      p: pair.p,
      pHolm,
      blocksNeeded: needed,
    };
  });
}

function verdictOf(pair: PluginPair, pHolm: number, higherIsBetter: boolean): Comparison["verdict"] {
  if (pHolm > SIGNIFICANCE_LEVEL || pair.shift === 0) return "indistinguishable";
  return pair.shift > 0 === higherIsBetter ? "better" : "worse";
}

function comparePair(a: MeasuredCell, b: MeasuredCell): PluginPair | null {
  const paired = pairBlocks(a.blocks, b.blocks);
  if (paired.length === 0) return null;
  const ratio = ratioOf(paired);
  // Drift of the machine scales all values, hence logarithms of ratios. For counts of 0, differences are used.
  const differences = paired.map(([x, y]) => (ratio === null ? x - y : Math.log(x / y)));
  return {
    a: a.planned.plugin,
    b: b.planned.plugin,
    n: paired.length,
    ratio,
    shift: median(differences),
    p: signedRankP(differences),
  };
}

/** Returns the values of both plugins for each block that a single session measured of both. */
export function pairBlocks(a: readonly Block[], b: readonly Block[]): [number, number][] {
  const key = ({ block, session }: Block): string => `${block}-${session}`;
  const ofOneSession = (blocks: readonly Block[]): readonly Block[] => blocks.filter(({ session }) => session !== null);
  const otherValues = new Map(ofOneSession(b).map((block) => [key(block), block.value]));
  return ofOneSession(a).flatMap((block) => {
    const partner = otherValues.get(key(block));
    return partner === undefined ? [] : [[block.value, partner] as [number, number]];
  });
}

/** Returns median and interval of the paired ratios, or null if a value is 0 (a count). */
export function ratioOf(paired: readonly (readonly [number, number])[]): Interval | null {
  if (paired.length === 0 || paired.some(([x, y]) => x <= 0 || y <= 0)) return null;
  const ratios = paired.map(([x, y]) => x / y);
  return { median: median(ratios), ci95: medianInterval(ratios) };
}
