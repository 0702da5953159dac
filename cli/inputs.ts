/** From flags to what the engine takes: every problem with them is told at once. */
import { readFileSync } from "node:fs";
import type { ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { messageOf, UsageErrors } from "../core/errors.ts";
import type { RunnerFacts } from "../core/params.ts";
import { didYouMean } from "../core/suggest.ts";
import { filterPlan } from "../engine/plan-filter.ts";
import { makePlan, type Plan } from "../engine/plan.ts";
import { probeKernel } from "../engine/kernel-probe.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { RUN_FILE } from "../results/store.ts";
import { runners } from "../runners/index.ts";
import type { Runner } from "../runners/runner.ts";
import { shippedSuites } from "../suites/index.ts";
import { loadSuite } from "../suites/load.ts";
import type { Suite } from "../suites/suite.ts";
import { chooseCluster, clusterSpec, resolveCluster, type ClusterFlags } from "./cluster.ts";
import { detectPlugin } from "./existing-cluster.ts";
import { asInstalled, chooseInstall, type TemporaryInstall } from "./temporary-install.ts";
import { chooseBinDirs, choosePlugins, type PluginFlags } from "./plugins.ts";

/** Flags that say what is measured, as commander leaves them. */
export interface MeasuringFlags extends ClusterFlags, PluginFlags {
  readonly suite?: readonly string[];
  readonly blocks?: number;
  readonly duration?: number;
  readonly seed?: number;
  readonly only?: readonly string[];
  readonly verbose?: boolean;
}

export interface Inputs {
  readonly plan: Plan;
  readonly suites: readonly Suite[];
  readonly plugins: readonly Plugin[];
  /** One that is put on a cluster of the user's for the run; null: none is. */
  readonly temporaryInstall: TemporaryInstall | null;
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  readonly binDirs: readonly string[];
  readonly seed: number;
}

const DEFAULT_SUITE = "quick";

/** What must hold before a first lab is made, to look at the kernel. */
export type Prepare = (kind: ClusterKind, spec: ClusterSpec) => Promise<void>;

/**
 * @param stored suites of a run that is resumed, in the place of the usual one; `--suite` still wins
 * @throws UsageErrors; EnvironmentError when the kernel cannot be looked at; the signal's reason.
 */
export async function readInputs(
  flags: MeasuringFlags,
  prepare: Prepare,
  signal: AbortSignal,
  stored?: readonly object[],
): Promise<Inputs> {
  const problems: string[] = [];
  const guest = flags.cluster === "kubeconfig" && flags.install === true ? await chooseInstall(flags, problems) : null;
  const chosen = await selectPlugins(flags, guest, problems);
  const binDirs = chooseBinDirs(flags, problems);
  const { cluster, reason: asked } = resolveCluster(flags.cluster, chosen, binDirs);
  const reason = guest === null ? asked : `${asked}; ${guest.reference} is put on it once, for all blocks`;
  const kind = chooseCluster({ ...flags, cluster }, problems);
  const fromFile = stored === undefined || flags.suite !== undefined;
  const found = fromFile
    ? (flags.suite ?? [DEFAULT_SUITE]).flatMap((name) => chooseSuite(name, problems))
    : stored.flatMap((suite) => parseSuite(JSON.stringify(suite), RUN_FILE, problems));
  const suites = found.map((suite) => ({
    ...suite,
    blocks: flags.blocks ?? suite.blocks,
    duration: flags.duration ?? suite.duration,
  }));
  problems.push(
    ...duplicateProblems(
      "suite",
      suites.map(({ name }) => name),
    ),
    ...duplicateProblems(
      "plugin",
      chosen.map(({ name }) => name),
    ),
  );
  if (problems.length > 0) throw new UsageErrors(problems);
  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 31);
  const spec = clusterSpec({ ...flags, cluster });
  const families = suites.flatMap(({ scenarios }) => scenarios.map(({ family }) => family));
  await prepare(kind, spec);
  const lacking = await probeKernel(kind, spec, { plugins: chosen, families }, signal);
  const plan = makePlan({
    suites,
    plugins: chosen,
    runners,
    cluster: kind.name,
    api: kind.api,
    clusterReason: reason,
    nodes: flags.nodes,
    seed,
    missingFeatures: lacking,
    hidesProcesses: kind.hidesProcesses ?? false,
  });
  return {
    plan: filterPlan(plan, flags.only ?? []),
    suites,
    plugins: chosen,
    temporaryInstall: guest,
    kind,
    spec,
    binDirs,
    seed,
  };
}

async function selectPlugins(
  flags: MeasuringFlags,
  guest: TemporaryInstall | null,
  problems: string[],
): Promise<Plugin[]> {
  if (guest !== null) return [asInstalled(guest)];
  if (flags.cluster !== "kubeconfig") return choosePlugins(flags, problems);
  return flags.install === true ? [] : detectPlugin(flags, flags.plugins, problems); // what is wrong with it is told
}

/** What the suite loader must know of the runners. */
export function runnerFacts(): Record<string, RunnerFacts> {
  const facts = (runner: Runner): RunnerFacts => ({
    params: runner.params,
    paths: runner.scope === "pair" ? runner.paths : [],
    ...(runner.scope === "lifecycle" ? { podsPerNode: runner.maxPods } : {}),
  });
  return Object.fromEntries(Object.entries(runners).map(([name, runner]) => [name, facts(runner)]));
}

function chooseSuite(name: string, problems: string[]): Suite[] {
  const shipped = shippedSuites();
  const found =
    shipped.find((suite) => suite.name === name) ?? (/\.ya?ml$/.test(name) ? readSuiteFile(name, problems) : undefined);
  if (found === null) return [];
  if (found === undefined) {
    const known = shipped.map((suite) => suite.name);
    problems.push(
      `unknown suite "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}; a file of your own must end in .yaml`,
    );
    return [];
  }
  return parseSuite(found.text, found.file, problems);
}

function parseSuite(text: string, file: string, problems: string[]): Suite[] {
  const loaded = loadSuite(text, file, runnerFacts());
  if ("suite" in loaded) return [loaded.suite];
  problems.push(...loaded.problems);
  return [];
}

function readSuiteFile(file: string, problems: string[]): { readonly file: string; readonly text: string } | null {
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch (error) {
    problems.push(errorText(error, `--suite ${file}`));
    return null;
  }
}

function duplicateProblems(noun: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `two ${noun}s are named "${name}"; rename or leave out one`,
  );
}

function errorText(error: unknown, what: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === undefined ? messageOf(error) : `${what} cannot be read (${messageOf(error)}); check the path`;
}
