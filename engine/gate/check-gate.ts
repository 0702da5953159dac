/** Checks, before anything is measured, that a gate can compare the planned run with its base. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { requireNoProblems, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Plugin } from "../../plugins/index.ts";
import {
  type KnownChange,
  type LoadedRun,
  loadRun,
  requireDistinctRuns,
  requireMatchedKnownChanges,
  testedClauses,
} from "../../results/index.ts";
import type { RunChoices } from "../plan/definition.ts";
import { findAllAssets } from "../preflight/preflight.ts";
import { baseProblems, type PlannedRun } from "./check-base.ts";
import type { BasePlugin } from "./plan-confirmation.ts";

export interface GateOptions {
  /** Directories of the base runs. */
  readonly baseDirs: readonly string[];
  /** The smallest change that counts, as a ratio above 1. */
  readonly threshold: number;
  readonly known: readonly KnownChange[];
  /** The plugins with the binaries of `--base-bin-dir`; null: the option was not given. */
  readonly basePlugins: readonly BasePlugin[] | null;
}

/** A gate that can be decided as far as can be known before the run. */
export interface Gate extends Omit<GateOptions, "baseDirs"> {
  readonly baseRuns: readonly LoadedRun[];
}

/**
 * Reads the base runs and checks them, the known changes and the binaries of the base.
 * @throws UsageError if a base is not a run or a copy of another one, a known change matches no planned cell and
 *   no clause of the base, or a binary of the base cannot run; EnvironmentError if the plan cannot be compared with the
 *   base, or a binary is missing
 */
export async function checkGate(host: Host, options: GateOptions, planned: PlannedRun): Promise<Gate> {
  const { baseDirs, ...rest } = options;
  const baseRuns: LoadedRun[] = [];
  for (const dir of baseDirs) baseRuns.push(await loadRun(dir));
  requireDistinctRuns(baseRuns, []);
  for (const [i, { run }] of baseRuns.entries())
    requireNoProblems(await baseProblems(host, { dir: baseDirs[i] ?? "", base: run }, planned));
  requireMatchedKnownChanges(options.known, {
    cells: planned.plan.cells.filter(({ path, better }) => path !== "host" && better !== "none"),
    // Only a clause that the base passes can be a regression.
    clauses: baseRuns.flatMap(testedClauses),
  });
  const { plugins, kind, binDirs } = planned.choices;
  const bases = (options.basePlugins ?? []).map(({ plugin }) => plugin);
  const duplicate = bases.find(({ name }) => plugins.some((plugin) => plugin.name === name));
  if (duplicate !== undefined)
    throw new UsageError(`--base-bin-dir: --plugins contains ${duplicate.name} already; omit it`);
  requireNoProblems(findAllAssets(host, bases, kind.api, binDirs).problems);
  return { ...rest, baseRuns };
}

/**
 * Returns the plugins of a run that a directory has another main binary of.
 * @throws UsageError if there is none, or cnibench does not install the binaries of such clusters
 */
export function pluginsInDir({ plugins, kind }: RunChoices, dir: string): readonly Plugin[] {
  if (kind.api !== "bare")
    throw new UsageError(
      `--base-bin-dir cannot be used on ${kind.name} clusters; omit it to measure only the head again`,
    );
  const mainOf = ({ bare }: Plugin): string => bare?.binaries[0] ?? "";
  const found = plugins.filter((plugin) => plugin.bare !== undefined && existsSync(join(dir, mainOf(plugin))));
  if (found.length > 0) return found;
  const names = plugins.map(mainOf).join(", ");
  throw new UsageError(`--base-bin-dir ${dir}: ${names} not found; name the directory that contains the base version`);
}
