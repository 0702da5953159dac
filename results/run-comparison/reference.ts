/**
 * Chooses what the values of a cell are divided by, so that the state of the machine cancels: the baseline of the run,
 * a plugin that all runs measured, or nothing on one machine.
 */
import { pairBlocks } from "../baseline-ratio.ts";
import { lastPerBlock, type Block } from "../blocks.ts";
import { cellId, type RunFile } from "../record.ts";
import { baselineOf, blocksOf, type FoldedRun, type MatchableCell } from "./folded-run.ts";
import type { MatchedCell } from "./match-cells.ts";
import { machineKey } from "./machine-key.ts";
import type { Reference } from "./run-comparison.ts";

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

/**
 * @param plugin the plugin that cells without a baseline are divided by
 * @returns null if the runs have no reference in common and are of different machines
 */
export function chooseReference(cell: MatchedCell, runs: Runs, plugin: string): Referenced | null {
  const baseline = divideBy(cell, runs, (run, { planned }) => baselineOf(run, planned));
  if (baseline !== null) return { reference: { kind: "baseline" }, ...baseline };
  const all = [...runs.base, ...runs.head].map(({ run }) => run);
  const isItself = cell.key.plugin.base === plugin || cell.key.plugin.head === plugin;
  if (!isItself && isSamePlugin(all, plugin)) {
    const partner = divideBy(cell, runs, (run, { planned }) => blocksOf(run.cells.get(cellId({ ...planned, plugin }))));
    if (partner !== null) return { reference: { kind: "plugin", name: plugin }, ...partner };
  }
  if (!isSameMachine(all)) return null;
  const raw = (cells: readonly MatchableCell[]): ReferencedBlocks[] =>
    cells.map((one) => lastPerBlock(blocksOf(one)).map(({ value }) => [value, 1] as const));
  return { reference: { kind: "none" }, base: raw(cell.base), head: raw(cell.head) };
}

type ReferenceOf = (run: FoldedRun, cell: MatchableCell) => readonly Block[];

/** Pairs the values with the reference; null if a run has no pair. */
function divideBy(cell: MatchedCell, runs: Runs, referenceOf: ReferenceOf): Pick<Referenced, "base" | "head"> | null {
  const divide = (side: "base" | "head"): ReferencedBlocks[] =>
    cell[side].map((one, i) => pairBlocks(blocksOf(one), referenceOf(runs[side][i] as FoldedRun, one)));
  const divided = { base: divide("base"), head: divide("head") };
  return [...divided.base, ...divided.head].some(({ length }) => length === 0) ? null : divided;
}

/** Reports whether all runs measured the same binaries of a plugin with the same configuration, as far as is known. */
function isSamePlugin(runs: readonly RunFile[], plugin: string): boolean {
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
