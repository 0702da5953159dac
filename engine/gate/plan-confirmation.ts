/**
 * Plans the second measurement of the suspects of a gate: only their tasks, in blocks of their own. Pure.
 */
import type { Plugin } from "../../plugins/index.ts";
import type { ComparedCell, ComparedClause } from "../../results/index.ts";
import type { RunChoices } from "../plan/definition.ts";
import { estimateSeconds, type Plan } from "../plan/make-plan.ts";

/** A plugin of the run with the binaries of the base. */
export interface BasePlugin {
  /** Name of the plugin of the run, whose definition it has. */
  readonly head: string;
  readonly plugin: Plugin;
  /** Name in `--plugins`, with an absolute path after the @. */
  readonly pluginSpec: string;
}

/** The regressions of the first measurement that no known change accepts. */
export interface Suspects {
  readonly cells: readonly ComparedCell[];
  readonly clauses: readonly ComparedClause[];
}

/** Six blocks are the fewest with a 95 % interval. */
export const MIN_CONFIRMATION_BLOCKS = 6;
/** With eight blocks, one outlier does not prevent a confirmation. */
export const MAX_CONFIRMATION_BLOCKS = 8;
const TIME_FACTOR = 2;
const MAX_SEED = 2 ** 31;

/** A confirmation is ended after this many times its expected duration, because pods can be slower than usual. */
const LIMIT_FACTOR = 3;
/** For the start of a confirmation, which is not part of the estimates, seconds. */
const LIMIT_EXTRA_S = 60;

interface ConfirmationDesign {
  /** With their binaries the blocks are paired; empty: only the head is measured. */
  readonly bases: readonly BasePlugin[];
  readonly blocks: number;
}

/**
 * Returns the choices of the confirmation. Its questions are all exploratory: the suspects are judged by their
 * intervals, and blocks that suffice for an interval need not suffice for headlines.
 */
export function confirmationChoices(
  choices: RunChoices,
  { cells, clauses }: Suspects,
  { bases, blocks }: ConfirmationDesign,
): RunChoices {
  const { suites, plugins, pluginSpecs, seed } = choices;
  const suspected = suites.filter(({ name }) => [...cells, ...clauses].some(({ suite }) => suite === name));
  const tasks = [
    ...cells.flatMap((cell) => tasksOf(cell, choices, bases)),
    ...clauses.flatMap((clause) => checksOf(clause, choices, bases)),
  ];
  const specs = pluginSpecs ?? plugins.map(({ name }) => name);
  return {
    ...choices,
    suites: suspected.map((suite) => ({ ...suite, blocks, headlines: [] })),
    plugins: [...plugins, ...bases.map(({ plugin }) => plugin)],
    pluginSpecs: bases.length === 0 ? pluginSpecs : [...specs, ...bases.map(({ pluginSpec }) => pluginSpec)],
    seed: (seed + 1) % MAX_SEED,
    only: [...new Set(tasks)],
    exploratory: true,
  };
}

/** Returns the IDs of the checks that test a clause, of the head and of the base. */
function checksOf(
  { suite, scenario, plugin: { head } }: ComparedClause,
  { kind }: RunChoices,
  bases: readonly BasePlugin[],
): readonly string[] {
  return [head, ...partnersOf(head, bases)].map((plugin) => [suite, scenario, plugin, kind.name].join("/"));
}

/** Returns the names of a plugin with the binaries of the base. */
function partnersOf(head: string, bases: readonly BasePlugin[]): string[] {
  return bases.filter((base) => base.head === head).map(({ plugin }) => plugin.name);
}

/** Returns globs of the tasks that measure a suspect: of the head and of what it is compared with. */
function tasksOf(
  { suite, scenario, path, plugin: { head }, reference }: ComparedCell,
  { kind }: RunChoices,
  bases: readonly BasePlugin[],
): readonly string[] {
  const partners = bases.length > 0 ? partnersOf(head, bases) : reference.kind === "plugin" ? [reference.name] : [];
  return [head, ...partners].map((plugin) => [suite, scenario, plugin, kind.name, path, "*"].join("/"));
}

/**
 * Returns the number of blocks with which the confirmation takes at most about twice as long as the first measurement,
 * because it measures two binaries, within its limits.
 * @param block plan of one block of the confirmation
 */
export function confirmationBlocks(first: Plan, block: Plan, perDeployment: number): number {
  const available = TIME_FACTOR * estimateSeconds(first, perDeployment);
  const blocks = Math.floor(available / estimateSeconds(block, perDeployment));
  return Math.min(MAX_CONFIRMATION_BLOCKS, Math.max(MIN_CONFIRMATION_BLOCKS, blocks));
}

/** The expected duration of a confirmation and its limit, seconds. */
export interface TimeBound {
  readonly expected: number;
  readonly limit: number;
}

/**
 * Returns the duration that the first measurement leads one to expect.
 * @param measured seconds that the first measurement took; null: unknown
 */
export function timeBound(
  first: Plan,
  confirmation: Plan,
  { perDeployment, measured }: { readonly perDeployment: number; readonly measured: number | null },
): TimeBound {
  const scale = measured === null ? 1 : measured / estimateSeconds(first, perDeployment);
  const expected = scale * estimateSeconds(confirmation, perDeployment);
  return { expected, limit: Math.ceil(LIMIT_FACTOR * expected + LIMIT_EXTRA_S) };
}
