/**
 * Chooses what the values of a cell are divided by, so that the state of the machine cancels: the baseline of the run
 * or, for metrics without one, a plugin that all runs measured, or nothing on one machine.
 */
import { pairBlocks } from "../baseline-ratio.ts";
import { lastPerBlock } from "../blocks.ts";
import { cellId, type RunFile } from "../record.ts";
import { baselineOf, blocksOf, type FoldedRun, type MatchableCell } from "./folded-run.ts";
import { machineKey } from "./machine-key.ts";
import type { MatchedCell } from "./match-cells.ts";
import { NO_REFERENCE, type Reference, type UncomparedCell } from "./run-comparison.ts";

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

/** A cell of each run that could divide the values of another one. */
interface Divisor {
  readonly reference: Reference;
  /** As sentences name it, such as `baseline`. */
  readonly name: string;
  readonly find: (run: FoldedRun, cell: MatchableCell) => MatchableCell | undefined;
}

/**
 * @param plugin the plugin that cells of metrics without a baseline are divided by
 * @returns an uncompared cell if a run did not measure the baseline, or if the runs have no reference in common and are
 *   of different machines
 */
export function chooseReference(cell: MatchedCell, runs: Runs, plugin: string): Referenced | UncomparedCell {
  const baseline: Divisor = {
    ...{ reference: { kind: "baseline" }, name: "baseline" },
    find: (run, { planned }) => baselineOf(run, planned),
  };
  // Another reference would say nothing about a load whose machine is unknown.
  if (divisorsOf(cell, runs, baseline).some(isToBeMeasured)) return divideBy(cell, runs, baseline);
  const partner: Divisor = {
    ...{ reference: { kind: "plugin", name: plugin }, name: `reference ${plugin}` },
    find: (run, { planned }) => run.cells.get(cellId({ ...planned, plugin })),
  };
  const all = [...runs.base, ...runs.head].map(({ run }) => run);
  const isItself = cell.key.plugin.base === plugin || cell.key.plugin.head === plugin;
  const divided = !isItself && isSamePlugin(all, plugin) ? divideBy(cell, runs, partner) : null;
  if (divided !== null && "reference" in divided) return divided;
  if (isSameMachine(all)) return undivided(cell);
  if (divided !== null && divisorsOf(cell, runs, partner).every(isToBeMeasured)) return divided;
  return { cell: cell.key, base: "measured", head: "measured", reason: NO_REFERENCE };
}

function undivided({ base, head }: MatchedCell): Referenced {
  const raw = (cells: readonly MatchableCell[]): ReferencedBlocks[] =>
    cells.map((one) => lastPerBlock(blocksOf(one)).map(({ value }) => [value, 1] as const));
  return { reference: { kind: "none" }, base: raw(base), head: raw(head) };
}

type Side = "base" | "head";

/** Returns the divisor of a cell in each run. */
function divisorsOf(cell: MatchedCell, runs: Runs, { find }: Divisor): (MatchableCell | undefined)[] {
  return (["base", "head"] as const).flatMap((side) =>
    cell[side].map((one, i) => find(runs[side][i] as FoldedRun, one)),
  );
}

function isToBeMeasured(divisor: MatchableCell | undefined): boolean {
  return divisor !== undefined && divisor.planned.skip === undefined;
}

/** Pairs the values with those of the divisor. */
function divideBy(cell: MatchedCell, runs: Runs, divisor: Divisor): Referenced | UncomparedCell {
  const [base, head] = [divideSide("base", cell, runs, divisor), divideSide("head", cell, runs, divisor)];
  const obstacles = [base.obstacle, head.obstacle].filter((obstacle) => obstacle !== null);
  const [worst] = worstFirst(obstacles);
  if (worst === undefined) return { reference: divisor.reference, base: base.blocks, head: head.blocks };
  const stateOf = ({ obstacle }: DividedSide): UncomparedCell["base"] => obstacle?.state ?? "measured";
  return { cell: cell.key, base: stateOf(base), head: stateOf(head), reason: worst.reason };
}

/** Why the values of a side cannot be divided. */
interface Obstacle {
  /** `failed`: a divisor failed. `measured`: the values have no divisor of their session. */
  readonly state: "measured" | "failed";
  readonly reason: string;
}

interface DividedSide {
  /** One for each run. */
  readonly blocks: readonly ReferencedBlocks[];
  readonly obstacle: Obstacle | null;
}

function divideSide(side: Side, cell: MatchedCell, runs: Runs, { name, find }: Divisor): DividedSide {
  const divisors = cell[side].map((one, i) => find(runs[side][i] as FoldedRun, one));
  const blocks = cell[side].map((one, i) => pairBlocks(blocksOf(one), blocksOf(divisors[i])));
  const [worst] = worstFirst(divisors.flatMap((divisor) => obstacleOf(side, name, divisor)));
  if (worst !== undefined) return { blocks, obstacle: worst };
  if (blocks.every(({ length }) => length > 0)) return { blocks, obstacle: null };
  const reason = `no block in ${side} was measured with the ${name} in one session`;
  return { blocks, obstacle: { state: "measured", reason } };
}

function worstFirst(obstacles: readonly Obstacle[]): Obstacle[] {
  const isFailure = ({ state }: Obstacle): number => (state === "failed" ? 1 : 0);
  return obstacles.toSorted((a, b) => isFailure(b) - isFailure(a));
}

/** Returns why a run did not measure a divisor, or an empty list. */
function obstacleOf(side: Side, name: string, divisor: MatchableCell | undefined): Obstacle[] {
  if (divisor === undefined) return [{ state: "measured", reason: `${name} not planned in ${side}` }];
  const { folded } = divisor;
  if (folded.state === "measured") return [];
  if (folded.state === "failed") return [{ state: "failed", reason: `${name} failed in ${side}: ${folded.error}` }];
  return [{ state: "measured", reason: `${name} skipped in ${side}: ${folded.reason}` }];
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
