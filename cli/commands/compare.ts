/** `cnibench compare`: compares stored runs, or two plugins of one run, offline. */
import type { Host } from "../../core/host.ts";
import {
  type ComparisonReportName,
  comparisonReports,
  type FailOn,
  failsBuild,
  isIncomplete,
  type Language,
} from "../../reports/index.ts";
import {
  comparePlugins,
  compareRuns,
  type LoadedRun,
  loadKnownChanges,
  loadRun,
  type RunComparison,
  withRegressionStates,
} from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { chooseSides, type ComparedSides, type SideFlags } from "../flags/compared-sides.ts";
import { namesOfPluginSpec } from "../flags/overrides.ts";
import { reportOutput } from "../terminal/report-output.ts";

export interface CompareFlags extends SideFlags {
  /** Ratio above 1. */
  readonly threshold: number;
  readonly known?: string;
  readonly failOn?: readonly FailOn[];
  readonly format: ComparisonReportName;
  readonly out?: string;
  readonly all?: boolean;
  readonly lang?: Language;
}

/**
 * @returns with `--fail-on`, 5 for a regression that it names, and 3 for a cell, a clause or a plugin that only the
 *   base measured
 * @throws UsageError; EnvironmentError for runs that differ
 */
export async function compareCommand(host: Host, dirs: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  const write = reportOutput(flags.out, flags.known === undefined ? [] : [flags.known]);
  const sides = chooseSides(dirs, flags);
  const known = flags.known === undefined ? [] : loadKnownChanges(flags.known, host.clock.date());
  const comparison = withRegressionStates(await compare(sides, flags), known);
  const failOn = flags.failOn ?? [];
  const options = { all: flags.all === true, failOn, ...(flags.lang !== undefined && { language: flags.lang }) };
  await write(comparisonReports[flags.format](comparison, options));
  if (failsBuild(comparison, failOn)) return EXIT.regression;
  return failOn.length > 0 && isIncomplete(comparison) ? EXIT.notMeasured : EXIT.success;
}

async function compare(sides: ComparedSides, { threshold, reference, map }: CompareFlags): Promise<RunComparison> {
  if (sides.design === "paired") {
    const loaded = await loadRun(sides.dir);
    const { plugins } = loaded.run.plan;
    const nameIn = (pluginSpec: string): string =>
      namesOfPluginSpec(pluginSpec).find((name) => plugins.includes(name)) ?? pluginSpec;
    return comparePlugins(loaded, { base: nameIn(sides.base), head: nameIn(sides.head) }, threshold);
  }
  return compareRuns(await loadAll(sides.base), await loadAll(sides.head), {
    threshold,
    ...(reference !== undefined && { reference }),
    ...(map !== undefined && { renamed: map }),
  });
}

/** Loads one run after the other, because each can have a million records. */
async function loadAll(dirs: readonly string[]): Promise<LoadedRun[]> {
  const loaded: LoadedRun[] = [];
  for (const dir of dirs) loaded.push(await loadRun(dir));
  return loaded;
}
