/** Compares stored runs: see docs/method.md, "Two runs". Pure. */
import { printable, UsageError } from "../../core/errors.ts";
import { bandsOf } from "../bands.ts";
import type { BandOf } from "../compare-question.ts";
import type { LoadedRun } from "../load-run.ts";
import { type ClauseComparison, compareClauses } from "./compare-clauses.ts";
import { comparedRun } from "./compared-run.ts";
import { requireComparable } from "./differing-facts.ts";
import { requireDistinctRuns } from "./distinct-runs.ts";
import { estimateCell, type CellContext } from "./estimate-cell.ts";
import { foldRun, type FoldedRun } from "./folded-run.ts";
import { judgeCells, type EstimatedCell } from "./judge-cells.ts";
import { matchCells, pluginsOf, requireCommonPlugins, type FoldedSides } from "./match-cells.ts";
import { noiseCardsOf } from "./noise-cards.ts";
import { nothingToCompare } from "./nothing-to-compare.ts";
import { chooseReference, isSamePlugin } from "./reference.ts";
import { COMPARISON_VERSION, type DifferingFact, type RunComparison, type UncomparedCell } from "./run-comparison.ts";
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
  const isSame = requireDistinctRuns(base, head, options.renamed);
  const sides: FoldedSides = {
    base: base.map(foldRun),
    head: head.map(foldRun),
    renamed: options.renamed ?? new Map(),
  };
  requireCommonPlugins(sides);
  requireReference(sides, options.reference);
  const facts = requireComparable(sides);
  const clauses = compareClauses({ ...sides, plugins: checkedPlugins(sides) });
  const { estimated, uncompared } = estimateCells(sides, { isSame, clauses, ...options });
  const threshold = thresholdOf(options.threshold);
  const { cells, errorControl } = judgeCells(estimated, threshold);
  const pairs = pluginPairs(sides);
  return {
    ...{ schemaVersion: COMPARISON_VERSION, design: "unpaired" },
    base: { runs: base.map(comparedRun), plugins: pairs.map(([name]) => name) },
    head: { runs: head.map(comparedRun), plugins: pairs.map(([, name]) => name) },
    facts: [...differingPlugins(sides), ...facts],
    ...{ threshold, errorControl, cells, uncompared, ...clauses, known: [] },
  };
}

/** @throws UsageError if the user named a reference that a run does not have */
function requireReference({ base, head }: FoldedSides, reference: string | undefined): void {
  if (reference === "host")
    throw new UsageError(
      "--reference host: the baseline always divides the values of loads; name a plugin, for life-cycle times",
    );
  const missing = [...base, ...head].find(
    ({ run }) => reference !== undefined && !run.plan.plugins.includes(reference),
  );
  if (missing === undefined) return;
  const { id, plan } = missing.run;
  const names = printable(plan.plugins.join(", "));
  throw new UsageError(`--reference ${reference}: run ${printable(id)} only has ${names}; name a plugin of all runs`);
}

interface EstimateOptions extends CompareOptions {
  readonly isSame: boolean;
  readonly clauses: ClauseComparison;
}

/**
 * @throws EnvironmentError if nothing can be compared, or both sides measured cells and none of them can be, so that
 *   common clauses cannot hide it
 */
function estimateCells(
  sides: FoldedSides,
  { isSame, clauses, threshold, reference: plugin = DEFAULT_REFERENCE }: EstimateOptions,
): { readonly estimated: EstimatedCell[]; readonly uncompared: readonly UncomparedCell[] } {
  const { matched, uncompared } = matchCells(sides);
  const { base, head } = sides;
  const all = [...base, ...head];
  const context: CellContext = {
    ...{ base, head, isSame },
    headlines: new Set(all.flatMap(({ run }) => run.plan.headlines ?? [])),
    noiseCards: noiseCardsOf(all),
    bandOf: smallestBand(all, threshold),
    steadyPlugin: isSamePlugin(
      all.map(({ run }) => run),
      plugin,
    )
      ? plugin
      : null,
  };
  const estimated: EstimatedCell[] = [];
  const unreferenced: UncomparedCell[] = [];
  for (const cell of matched) {
    const referenced = chooseReference(cell, sides, plugin);
    if ("reason" in referenced) unreferenced.push(referenced);
    else estimated.push(estimateCell(cell, referenced, context));
  }
  const haveCells = [base, head].every((side) => side.some(({ run }) => run.plan.cells.length > 0));
  if (estimated.length === 0 && (haveCells || clauses.clauses.length === 0))
    throw nothingToCompare([...unreferenced, ...uncompared, ...clauses.uncomparedChecks]);
  return { estimated, uncompared: [...uncompared, ...unreferenced] };
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

/** Returns the plugins that not all runs have, by their names in the head. */
function differingPlugins({ base, head, renamed }: FoldedSides): DifferingFact[] {
  const inBase = base.map(({ run }) => run.plan.plugins.map((name) => renamed.get(name) ?? name));
  const inHead = head.map(({ run }) => run.plan.plugins);
  const stateIn = (runs: readonly (readonly string[])[], name: string): string =>
    runs.every((names) => names.includes(name)) ? "measured" : "missing";
  return [...new Set([...inBase, ...inHead].flat())].flatMap((name) => {
    const [ofBase, ofHead] = [stateIn(inBase, name), stateIn(inHead, name)];
    return ofBase === "measured" && ofHead === "measured"
      ? []
      : [{ fact: `plugin ${name}`, base: ofBase, head: ofHead }];
  });
}

/** Returns the names in base and head of the plugins that all head runs have. */
function pluginPairs({ base, head, renamed }: FoldedSides): (readonly [string, string])[] {
  return pluginsOf(base)
    .map((name) => [name, renamed.get(name) ?? name] as const)
    .filter(([, name]) => head.every(({ run }) => run.plan.plugins.includes(name)));
}

/** Returns all plugins of the base, and those that only the head has, with their names in the head. */
function checkedPlugins({ base, head, renamed }: FoldedSides): ReadonlyMap<string, string> {
  const partners = new Map(pluginsOf(base).map((name) => [name, renamed.get(name) ?? name]));
  const names = new Set(partners.values());
  const others = pluginsOf(head).filter((name) => !names.has(name) && !partners.has(name));
  return new Map([...partners, ...others.map((name) => [name, name] as const)]);
}
