/** Computes the numbers of one matched cell from the blocks of all runs. */
import { mean } from "simple-statistics";
import type { BandOf } from "../compare-question.ts";
import { questionId } from "../comparisons.ts";
import type { NoiseCard } from "../noise/noise-card.ts";
import { median } from "../statistics.ts";
import { poolVariances, varianceOfRuns, type RunVariance } from "./between-runs.ts";
import { blocksOf, type FoldedRun, type MatchableCell } from "./folded-run.ts";
import type { EstimatedCell } from "./judge-cells.ts";
import type { MatchedCell } from "./match-cells.ts";
import { varianceOfCards } from "./noise-cards.ts";
import type { Referenced, ReferencedBlocks } from "./reference.ts";
import { runEstimate, type RunEstimate } from "./run-estimate.ts";
import type { ComparedCell, SideValue } from "./run-comparison.ts";
import { compareSides } from "./unpaired-estimate.ts";

/** Everything about a comparison that its cells depend on. */
export interface CellContext {
  readonly base: readonly FoldedRun[];
  readonly head: readonly FoldedRun[];
  /** IDs of the headline questions of all runs. */
  readonly headlines: ReadonlySet<string>;
  readonly noiseCards: readonly NoiseCard[];
  readonly bandOf: BandOf;
  readonly isSame: boolean;
  /** The reference plugin, if its binaries and configuration are the same in all runs. */
  readonly steadyPlugin: string | null;
}

export function estimateCell(cell: MatchedCell, referenced: Referenced, context: CellContext): EstimatedCell {
  const { planned } = cell.head[0] as MatchableCell;
  const { reference } = referenced;
  const { plugin } = cell.key;
  const scale = scaleOf([...referenced.base, ...referenced.head]);
  const [base, head] = [referenced.base, referenced.head].map((runs) =>
    runs.map((blocks) => runEstimate(blocks.map((pair) => differenceOf(pair, scale)))),
  ) as [RunEstimate[], RunEstimate[]];
  const variance = varianceOf(cell, { base, head, scale, referenced }, context);
  const valueOf = (cells: readonly MatchableCell[], estimates: readonly RunEstimate[]): SideValue => ({
    runs: cells.length,
    blocks: estimates.reduce((sum, { blocks }) => sum + blocks, 0),
    value: median(cells.flatMap((one) => blocksOf(one).map(({ value }) => value))),
    ratio:
      scale === "difference" || reference.kind === "none" ? null : Math.exp(mean(estimates.map(({ value }) => value))),
  });
  return {
    facts: {
      ...cell.key,
      unit: planned.unit,
      better: planned.better,
      family: context.headlines.has(questionId(planned)) ? "headline" : "exploratory",
      ...{ reference, scale },
      base: valueOf(cell.base, base),
      head: valueOf(cell.head, head),
    },
    estimate: compareSides(base, head, variance),
    variance,
    band: context.bandOf(planned, scale),
    isBusy: [...cell.base, ...cell.head].some(({ folded }) => folded.state === "measured" && folded.busy),
    isSame: context.isSame,
    isReference:
      reference.kind === "none" && plugin.base === context.steadyPlugin && plugin.head === context.steadyPlugin,
  };
}

/** Values of 0 or less (counts) have no ratio. */
function scaleOf(runs: readonly ReferencedBlocks[]): ComparedCell["scale"] {
  const isPositive = ([value, reference]: ReferencedBlocks[number]): boolean => value > 0 && reference > 0;
  return runs.every((blocks) => blocks.every(isPositive)) ? "ratio" : "difference";
}

function differenceOf([value, reference]: ReferencedBlocks[number], scale: ComparedCell["scale"]): number {
  return scale === "ratio" ? Math.log(value / reference) : value - reference;
}

interface Estimates {
  readonly base: readonly RunEstimate[];
  readonly head: readonly RunEstimate[];
  readonly scale: ComparedCell["scale"];
  readonly referenced: Referenced;
}

function varianceOf(
  { head: [first] }: MatchedCell,
  { base, head, scale, referenced }: Estimates,
  { noiseCards }: CellContext,
): RunVariance | null {
  const ofCards = scale === "ratio" ? varianceOfCards(noiseCards, first as MatchableCell, referenced.reference) : null;
  return poolVariances(varianceOfRuns(base, head), ofCards);
}
