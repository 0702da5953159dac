/** Compares stored runs: see docs/method.md, "Two runs". Pure. */
import { EnvironmentError, printable, UsageError } from "../../core/errors.ts";
import { bandsOf } from "../bands.ts";
import type { BandOf } from "../compare-question.ts";
import type { LoadedRun } from "../load-run.ts";
import { requireComparable } from "./differing-facts.ts";
import { estimateCell, type CellContext } from "./estimate-cell.ts";
import { foldRun, type FoldedRun } from "./folded-run.ts";
import { judgeCells, type EstimatedCell } from "./judge-cells.ts";
import { matchCells, pluginsOf, requireCommonPlugins, type FoldedSides } from "./match-cells.ts";
import { noiseCardsOf } from "./noise-cards.ts";
import { chooseReference } from "./reference.ts";
import { comparedRun } from "./compared-run.ts";
import { COMPARISON_VERSION, type RunComparison, type UncomparedCell } from "./run-comparison.ts";
import { thresholdOf } from "./threshold.ts";

/** The plugin that life-cycle metrics, which have no baseline, are divided by, unless the user names another one. */
export const DEFAULT_REFERENCE = "bridge";

export interface CompareOptions {
  /** Smallest ratio that counts as a change, above 1. */
  readonly threshold: number;
  /** Plugin that all runs measured, for cells without a baseline. Default: {@link DEFAULT_REFERENCE}. */
  readonly reference?: string;
  /** Name of a plugin in the base runs to that in the head runs, if they differ. */
  readonly renamed?: ReadonlyMap<string, string>;
}

/**
 * Compares the plugins of two sides by the ratios of each run to its own reference.
 * @param base at least one run
 * @param head at least one run
 * @throws UsageError for runs or plugins that cannot be meant; EnvironmentError for runs that are not comparable
 */
export function compareRuns(
  base: readonly LoadedRun[],
  head: readonly LoadedRun[],
  options: CompareOptions,
): RunComparison {
  const isSame = requireDistinctRuns(base, head, options);
  const sides: FoldedSides = {
    base: base.map(foldRun),
    head: head.map(foldRun),
    renamed: options.renamed ?? new Map(),
  };
  requireCommonPlugins(sides);
  requireReference(sides, options.reference);
  const facts = requireComparable(sides);
  const { estimated, uncompared } = estimateCells(sides, { isSame, ...options });
  const threshold = thresholdOf(options.threshold);
  const { cells, errorControl } = judgeCells(estimated, threshold);
  const pairs = pluginPairs(sides);
  return {
    ...{ schemaVersion: COMPARISON_VERSION, design: "unpaired" },
    base: { runs: base.map(comparedRun), plugins: pairs.map(([name]) => name) },
    head: { runs: head.map(comparedRun), plugins: pairs.map(([, name]) => name) },
    ...{ facts, threshold, errorControl, cells, uncompared, known: [] },
  };
}

/** Returns whether both sides are the same runs. @throws UsageError if only some runs are on both sides */
function requireDistinctRuns(
  base: readonly LoadedRun[],
  head: readonly LoadedRun[],
  { renamed }: CompareOptions,
): boolean {
  const [inBase, inHead] = [base, head].map((runs) => new Set(runs.map(({ run }) => run.id))) as [
    Set<string>,
    Set<string>,
  ];
  if (inBase.size < base.length || inHead.size < head.length)
    throw new UsageError("a run is given twice on one side; name each run once");
  const common = [...inBase].filter((id) => inHead.has(id));
  if (common.length === 0) return false;
  if (common.length === base.length && common.length === head.length && (renamed?.size ?? 0) === 0) return true;
  throw new UsageError(`run ${printable(common[0] ?? "")} is on both sides; name each run on one side`);
}

/** @throws UsageError if the user named a reference that a run does not have */
function requireReference({ base, head }: FoldedSides, reference: string | undefined): void {
  const missing = [...base, ...head].find(
    ({ run }) => reference !== undefined && !run.plan.plugins.includes(reference),
  );
  if (missing === undefined) return;
  const { id, plan } = missing.run;
  const names = printable(plan.plugins.join(", "));
  throw new UsageError(`--reference ${reference}: run ${printable(id)} only has ${names}; name a plugin of all runs`);
}

function estimateCells(
  sides: FoldedSides,
  { isSame, threshold, reference: plugin = DEFAULT_REFERENCE }: CompareOptions & { readonly isSame: boolean },
): { readonly estimated: EstimatedCell[]; readonly uncompared: readonly UncomparedCell[] } {
  const { matched, uncompared } = matchCells(sides);
  const { base, head } = sides;
  const all = [...base, ...head];
  const context: CellContext = {
    ...{ base, head, isSame },
    headlines: new Set(all.flatMap(({ run }) => run.plan.headlines ?? [])),
    noiseCards: noiseCardsOf(all),
    bandOf: smallestBand(all, threshold),
  };
  const estimated: EstimatedCell[] = [];
  const unreferenced: UncomparedCell[] = [];
  for (const cell of matched) {
    const referenced = chooseReference(cell, sides, plugin);
    if (referenced !== null) estimated.push(estimateCell(cell, referenced, context));
    else unreferenced.push({ cell: cell.key, base: "measured", head: "measured", reason: NO_REFERENCE });
  }
  if (estimated.length === 0) throw nothingToCompare(unreferenced, uncompared);
  return { estimated, uncompared: [...uncompared, ...unreferenced] };
}

const NO_REFERENCE = "no common reference, and the runs are of different machines";

function nothingToCompare(
  unreferenced: readonly UncomparedCell[],
  others: readonly UncomparedCell[],
): EnvironmentError {
  const [first] = [...unreferenced, ...others];
  const advice =
    unreferenced.length > 0
      ? "measure a plugin that is the same on both sides as well, and name it with --reference"
      : "run the same suites on both sides with the same options";
  return new EnvironmentError(
    `nothing to compare: ${first === undefined ? "the runs measured nothing" : printable(first.reason)}; ${advice}`,
  );
}

/** The smallest band of any run: what counts as equal is never a change. */
function smallestBand(runs: readonly FoldedRun[], threshold: number): BandOf {
  const bands = runs.map(({ run }) => bandsOf(run));
  return (question, scale) => {
    const found = bands.map((bandOf) => bandOf(question, scale)).filter((band) => band !== null);
    if (found.length < bands.length) return null;
    return Math.min(...found, ...(scale === "ratio" ? [threshold] : []));
  };
}

/** Returns the names of the compared plugins, in base and head. */
function pluginPairs({ base, head, renamed }: FoldedSides): (readonly [string, string])[] {
  const inHead = pluginsOf(head);
  return pluginsOf(base)
    .map((name) => [name, renamed.get(name) ?? name] as const)
    .filter(([, name]) => inHead.includes(name));
}
