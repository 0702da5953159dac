/**
 * Chooses what the values of a cell are divided by, so that the state of the machine cancels: the baseline of the run
 * or, for metrics without one, a plugin that all runs measured, or nothing on one machine.
 */
import { pairBlocks } from "../baseline-ratio.ts";
import { lastPerBlock, type Block } from "../blocks.ts";
import { cellId, type RunFile } from "../record.ts";
import { baselineOf, blocksOf, type FoldedRun, type MatchableCell } from "./folded-run.ts";
import { machineKey } from "./machine-key.ts";
import type { MatchedCell } from "./match-cells.ts";
import type { Reference, UncomparedCell } from "./run-comparison.ts";

/** Values of the blocks of one run, each with the value of the reference in the same block; 1 if there is none. */
export type ReferencedBlocks = readonly (readonly [value: number, reference: number])[];

export interface Referenced {
  readonly reference: Reference;
  /** One for each run of the side. */
  readonly base: readonly ReferencedBlocks[];
  readonly head: readonly ReferencedBlocks[];
}

interface Runs {
  readonly base: readonly FoldedRun[];
  readonly head: readonly FoldedRun[];
}

export const NO_REFERENCE = "no common reference, and the runs are of different machines";

/**
 * @param plugin the plugin that cells of metrics without a baseline are divided by
 * @returns an uncompared cell if a run did not measure the baseline, or if the runs have no reference in common and are
 *   of different machines
 */
export function chooseReference(cell: MatchedCell, runs: Runs, plugin: string): Referenced | UncomparedCell {
  if (hasBaseline(cell, runs)) return divideByBaseline(cell, runs);
  const all = [...runs.base, ...runs.head].map(({ run }) => run);
  const isItself = cell.key.plugin.base === plugin || cell.key.plugin.head === plugin;
  if (!isItself && isSamePlugin(all, plugin)) {
    const partner = divideBy(cell, runs, (run, { planned }) => blocksOf(run.cells.get(cellId({ ...planned, plugin }))));
    if (isComplete(partner)) return { reference: { kind: "plugin", name: plugin }, ...partner };
  }
  if (!isSameMachine(all)) return { cell: cell.key, base: "measured", head: "measured", reason: NO_REFERENCE };
  const raw = (cells: readonly MatchableCell[]): ReferencedBlocks[] =>
    cells.map((one) => lastPerBlock(blocksOf(one)).map(({ value }) => [value, 1] as const));
  return { reference: { kind: "none" }, base: raw(cell.base), head: raw(cell.head) };
}

/** Reports whether any run was to measure the baseline of a cell. */
function hasBaseline(cell: MatchedCell, runs: Runs): boolean {
  const baselines = [...baselinesOf(cell, runs, "base"), ...baselinesOf(cell, runs, "head")];
  return baselines.some((found) => found !== undefined && found.planned.skip === undefined);
}

/** Returns the baseline of a cell in each run of a side. */
function baselinesOf(cell: MatchedCell, runs: Runs, side: "base" | "head"): (MatchableCell | undefined)[] {
  return cell[side].map(({ planned }, i) => baselineOf(runs[side][i] as FoldedRun, planned));
}

/** Another reference would say nothing about a load whose machine is unknown. */
function divideByBaseline(cell: MatchedCell, runs: Runs): Referenced | UncomparedCell {
  const divided = divideBy(cell, runs, (run, { planned }) => blocksOf(baselineOf(run, planned)));
  if (isComplete(divided)) return { reference: { kind: "baseline" }, ...divided };
  const whyNot = (side: "base" | "head"): string | null =>
    baselinesOf(cell, runs, side).flatMap((baseline) => whyNoBaseline(side, baseline))[0] ??
    (hasPairs(divided[side]) ? null : `no block in ${side} was measured with the baseline in one session`);
  const [base, head] = [whyNot("base"), whyNot("head")];
  const stateOfSide = (reason: string | null): UncomparedCell["base"] => (reason === null ? "measured" : "failed");
  return { cell: cell.key, base: stateOfSide(base), head: stateOfSide(head), reason: base ?? head ?? "" };
}

/** Returns why a run did not measure the baseline, or an empty list. */
function whyNoBaseline(side: "base" | "head", baseline: MatchableCell | undefined): string[] {
  if (baseline === undefined) return [`baseline not planned in ${side}`];
  const { folded } = baseline;
  if (folded.state === "measured") return [];
  const why = folded.state === "failed" ? folded.error : folded.reason;
  return [`baseline ${folded.state} in ${side}: ${why}`];
}

type ReferenceOf = (run: FoldedRun, cell: MatchableCell) => readonly Block[];

/** Pairs the values with the reference. */
function divideBy(cell: MatchedCell, runs: Runs, referenceOf: ReferenceOf): Pick<Referenced, "base" | "head"> {
  const divide = (side: "base" | "head"): ReferencedBlocks[] =>
    cell[side].map((one, i) => pairBlocks(blocksOf(one), referenceOf(runs[side][i] as FoldedRun, one)));
  return { base: divide("base"), head: divide("head") };
}

function isComplete({ base, head }: Pick<Referenced, "base" | "head">): boolean {
  return hasPairs(base) && hasPairs(head);
}

/** Reports whether each run of a side has a value with its reference. */
function hasPairs(side: readonly ReferencedBlocks[]): boolean {
  return side.every(({ length }) => length > 0);
}

/** Reports whether all runs measured the same binaries of a plugin with the same configuration, as far as is known. */
export function isSamePlugin(runs: readonly RunFile[], plugin: string): boolean {
  const facts = runs.map(({ environment }) => {
    const found = environment?.plugins.find(({ name }) => name === plugin);
    return found === undefined ? null : JSON.stringify([found.configHash, found.binaries.map(({ sha256 }) => sha256)]);
  });
  return new Set(facts).size === 1;
}

/** Reports whether the runs seem to be of one machine. */
function isSameMachine(runs: readonly RunFile[]): boolean {
  const machines = runs.map(machineKey);
  return machines[0] !== null && new Set(machines).size === 1;
}
