/** Returns quality warnings about the values of a cell (docs/method.md, "Statistics"). Values are never dropped. */
import type { Better } from "../core/metric.ts";
import type { Warning } from "../core/warning-codes.ts";
import { type Block, repetitionsOf } from "./blocks.ts";
import { median, MIN_BLOCKS, outliers } from "./statistics.ts";

/** Smaller relative shifts do not cause a warning, even if they are regular. */
const MIN_NOTABLE_SHIFT = 0.05;
/** With eight blocks, the two halves are disjoint by chance in 1 of 35 cells; with six it would be 1 of 10. */
const MIN_BLOCKS_FOR_TREND = 8;

export function qualityWarnings(blocks: readonly Block[], better: Better): Warning[] {
  return [
    ...tooFewBlocks(blocks),
    ...outlierWarnings(blocks),
    ...trendWarnings(blocks),
    ...slowFirstWarnings(blocks, better),
  ];
}

function tooFewBlocks(blocks: readonly Block[]): Warning[] {
  if (blocks.length >= MIN_BLOCKS) return [];
  const message =
    `n = ${blocks.length} is too few for a 95 % interval; ` +
    `measure at least ${MIN_BLOCKS} blocks (--blocks ${MIN_BLOCKS})`;
  return [{ code: "too-few-blocks", message }];
}

function outlierWarnings(blocks: readonly Block[]): Warning[] {
  const values = blocks.map(({ value }) => value);
  const found = outliers(values);
  if (found.length === 0) return [];
  const center = median(values);
  const descriptions = found.map(({ index, value, score }) => {
    const where = `block ${blocks[index]?.block} is ${describeShift(value, center)} the median`;
    return `${where} (modified z-score ${score.toFixed(1)})`;
  });
  return [{ code: "outlier", message: `${descriptions.join("; ")}; kept in all numbers` }];
}

function trendWarnings(blocks: readonly Block[]): Warning[] {
  if (blocks.length < MIN_BLOCKS_FOR_TREND) return [];
  const { ratio, isTrend } = halvesOf(blocks.map(({ value }) => value));
  if (!isTrend) return [];
  const change = describeShift(ratio, 1);
  const message = `the second half of the blocks is ${change} the first half; the machine may have drifted`;
  return [{ code: "trend", message }];
}

/** Compares the halves of a run. @param values by block, at least two */
export function halvesOf(values: readonly number[]): { readonly ratio: number; readonly isTrend: boolean } {
  const half = Math.floor(values.length / 2);
  const first = values.slice(0, half);
  const second = values.slice(-half);
  const disjoint = Math.max(...first) < Math.min(...second) || Math.min(...first) > Math.max(...second);
  const isTrend = values.length >= MIN_BLOCKS_FOR_TREND && disjoint && isNotable(median(second), median(first));
  return { ratio: median(second) / median(first), isTrend };
}

/** Warns if the first repetition is the worst of every block, which indicates that the warm-up was too short. */
function slowFirstWarnings(blocks: readonly Block[], better: Better): Warning[] {
  const enough = blocks.length >= 5 && blocks.every((block) => repetitionsOf(block).length >= 2);
  if (!enough || better === "none") return [];
  const worst = better === "higher" ? Math.min : Math.max;
  const firsts = blocks.map(repetitionsOf).map(([first = 0, ...rest]) => ({
    firstIsWorst: worst(first, ...rest) === first && !rest.includes(first),
    first,
    rest: median(rest),
  }));
  if (!firsts.every(({ firstIsWorst }) => firstIsWorst)) return [];
  const first = median(firsts.map((block) => block.first));
  const rest = median(firsts.map((block) => block.rest));
  if (!isNotable(first, rest)) return [];
  return [
    {
      code: "slow-first",
      message: `the first repetition of every block is ${describeShift(first, rest)} the later ones`,
    },
  ];
}

function isNotable(value: number, reference: number): boolean {
  return reference !== 0 && Math.abs(value / reference - 1) >= MIN_NOTABLE_SHIFT;
}

/** Returns `12 % below` or `30 % above`, without a percentage for a reference of 0. */
function describeShift(value: number, reference: number): string {
  const side = value < reference ? "below" : "above";
  if (reference === 0) return side;
  const percent = Math.abs(value / reference - 1) * 100;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} % ${side}`;
}
