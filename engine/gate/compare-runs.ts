/** The comparisons of a gate: of a measured run with the base runs, and of its confirmation. */
import {
  withRegressionStates,
  comparePlugins,
  compareRuns,
  type LoadedRun,
  type RunComparison,
} from "../../results/index.ts";
import type { Gate } from "./check-gate.ts";

/** @throws EnvironmentError if facts differ that prevent a comparison; UsageErrors for known changes without a cell */
export function compareWithBase({ baseRuns, threshold, known }: Gate, head: LoadedRun): RunComparison {
  return withRegressionStates(compareRuns(baseRuns, [head], { threshold }), known);
}

/**
 * Compares the plugins of the confirmation with their partners, or without those its run with the base runs.
 * @param suspected names of the plugins of the suspects
 */
export function compareConfirmation(
  { baseRuns, basePlugins, threshold }: Gate,
  suspected: ReadonlySet<string>,
  confirmation: LoadedRun,
): readonly RunComparison[] {
  if (basePlugins === null) return [compareRuns(baseRuns, [confirmation], { threshold })];
  return basePlugins
    .filter(({ head }) => suspected.has(head))
    .map(({ head, plugin }) => comparePlugins(confirmation, { base: plugin.name, head }, threshold));
}
