/** Decides all cells of a comparison, and limits the chance of false verdicts: see docs/method.md, "Two runs". */
import { FALSE_DISCOVERY_RATE, HEADLINE_ERROR_RATE } from "../comparisons.ts";
import { MAX_LEVEL } from "../inference/closed-testing.ts";
import { selectionLevel } from "../inference/false-discovery.ts";
import { holm } from "../inference/holm.ts";
import { decide } from "../inference/verdict.ts";
import type { RunVariance } from "./between-runs.ts";
import { errorControlOf } from "./error-control.ts";
import { withReferenceChanges } from "./reference-changes.ts";
import type { CellReason, ComparedCell, ComparisonErrorControl, Threshold } from "./run-comparison.ts";
import { changeOf, detectableChange } from "./threshold.ts";
import type { UnpairedEstimate } from "./unpaired-estimate.ts";

/** A cell before its verdict. */
export interface EstimatedCell {
  readonly facts: Omit<ComparedCell, keyof Decided>;
  readonly estimate: UnpairedEstimate;
  readonly variance: RunVariance | null;
  /** The largest ratio (above 1) or difference that counts as equal; null if none does. */
  readonly band: number | null;
  readonly isBusy: boolean;
  /** Whether both sides are the same runs. */
  readonly isSame: boolean;
  /** Whether the cell is that of the reference plugin, with the same binaries on both sides. */
  readonly isReference: boolean;
}

type Decided = Pick<
  ComparedCell,
  | "estimate"
  | "ci95"
  | "ci90"
  | "p"
  | "pAdjusted"
  | "level"
  | "verdict"
  | "reason"
  | "betweenRuns"
  | "detectable"
  | "change"
  | "state"
>;

/** Returns the cells in the same order. */
export function judgeCells(
  cells: readonly EstimatedCell[],
  threshold: Threshold,
): { readonly cells: ComparedCell[]; readonly errorControl: ComparisonErrorControl } {
  const headlines = cells.filter(({ facts }) => facts.family === "headline");
  const exploratory = cells.filter(({ facts }) => facts.family === "exploratory");
  const adjusted = new Map([...zip(headlines, holm(headlines.map(pOf))), ...zip(exploratory, exploratory.map(pOf))]);
  const headline = { level: HEADLINE_ERROR_RATE, planning: HEADLINE_ERROR_RATE / Math.max(1, headlines.length) };
  const [known, unknown] = [
    selectCells(exploratory.filter(({ variance }) => variance !== null)),
    selectCells(exploratory.filter(({ variance }) => variance === null)),
  ];
  const levelsOf = ({ facts, variance }: EstimatedCell): Levels =>
    facts.family === "headline" ? headline : variance === null ? unknown : known;
  const decided = cells.map((cell) =>
    judgeCell(cell, { ...levelsOf(cell), pAdjusted: adjusted.get(cell) as number, threshold }),
  );
  const judged = withReferenceChanges(decided, cells);
  return { cells: judged, errorControl: errorControlOf(judged) };
}

interface Levels {
  readonly level: number;
  /** Level for which the sensitivity is computed. */
  readonly planning: number;
}

/**
 * Returns the levels of a family of exploratory cells. Every selected cell raises the level of the others, so cells
 * without a verdict do not count, and cells with unknown variation between runs, whose p-values are too small, are a
 * family of their own.
 */
function selectCells(family: readonly EstimatedCell[]): Levels {
  const decidable = family.filter((cell) => !isOpen(cell));
  const level = Math.min(MAX_LEVEL, selectionLevel(decidable.map(pOf), FALSE_DISCOVERY_RATE));
  // If no cell is selected, the sensitivity is that of one that is selected alone.
  const single = Math.min(MAX_LEVEL, FALSE_DISCOVERY_RATE / Math.max(1, decidable.length));
  return { level, planning: Math.max(level, single) };
}

/** Reports whether a cell is undecided, whatever its numbers. */
function isOpen(cell: EstimatedCell): boolean {
  return cell.isBusy || cell.isSame || intervalOf(cell, 0.05) === null;
}

function zip<A, B>(keys: readonly A[], values: readonly B[]): (readonly [A, B])[] {
  return keys.map((key, i) => [key, values[i] as B] as const);
}

function pOf({ estimate, isSame }: EstimatedCell): number {
  return isSame ? 1 : estimate.p;
}

interface Decision extends Levels {
  readonly pAdjusted: number;
  readonly threshold: Threshold;
}

function judgeCell(cell: EstimatedCell, { level, planning, pAdjusted, threshold }: Decision): ComparedCell {
  const { facts, estimate, variance } = cell;
  const { metric, scale, better, base, head } = facts;
  const [ci95, ci90] = [intervalOf(cell, 0.05), intervalOf(cell, 0.1)];
  const reason = reasonOf(cell, ci95);
  const rule = { level, band: scaledBand(cell), higherIsBetter: better === "higher" };
  const pair = { test: { estimate: estimate.estimate, ci90 }, adjusted: pAdjusted };
  const verdict = isOpen(cell) ? "undecided" : decide(pair, rule);
  const judged = { metric, scale, difference: estimate.estimate, base: base.value, head: head.value, verdict };
  const detectable = cell.isSame ? null : estimate.detectable(planning);
  return {
    ...facts,
    estimate: displayed(estimate.estimate, scale),
    ci95: ci95 && [displayed(ci95[0], scale), displayed(ci95[1], scale)],
    ci90: ci90 && [displayed(ci90[0], scale), displayed(ci90[1], scale)],
    ...{ p: pOf(cell), pAdjusted, level, verdict },
    ...(reason !== null && { reason }),
    betweenRuns: variance && { sd: Math.sqrt(Math.max(0, variance.total - variance.within)), source: variance.source },
    detectable: detectable === null ? null : displayed(detectableChange(detectable, judged, threshold), scale),
    change: changeOf(judged, threshold),
  };
}

function intervalOf({ estimate, isSame }: EstimatedCell, error: number): readonly [number, number] | null {
  const half = isSame ? null : estimate.halfWidth(error);
  return half === null ? null : [estimate.estimate - half, estimate.estimate + half];
}

function scaledBand({ band, facts }: EstimatedCell): number | null {
  return band === null || facts.scale === "difference" ? band : Math.log(band);
}

function reasonOf(
  { isBusy, isSame, variance }: EstimatedCell,
  ci95: readonly [number, number] | null,
): CellReason | null {
  if (isSame) return "same runs";
  if (isBusy) return "busy machine";
  if (ci95 === null) return "too few blocks";
  return variance === null ? "between-run variation unknown" : null;
}

/** The ratio of the opposite difference is exactly the inverse. */
function displayed(value: number, scale: ComparedCell["scale"]): number {
  if (scale === "difference") return value;
  return value < 0 ? 1 / Math.exp(-value) : Math.exp(value);
}
