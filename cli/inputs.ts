/** From flags to what the engine takes: every problem with them is told at once. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { clusters } from "../clusters/index.ts";
import type { ClusterKind } from "../clusters/cluster.ts";
import { messageOf, UsageErrors } from "../core/errors.ts";
import type { RunnerFacts } from "../core/params.ts";
import { didYouMean } from "../core/suggest.ts";
import { customPlugin, type Custom } from "../engine/custom.ts";
import { makePlan, type Plan } from "../engine/plan.ts";
import { plugins } from "../plugins/index.ts";
import { BASELINE, type Plugin } from "../plugins/plugin.ts";
import { runners } from "../runners/index.ts";
import type { Runner } from "../runners/runner.ts";
import { shippedSuites } from "../suites/index.ts";
import { loadSuite } from "../suites/load.ts";
import type { Suite } from "../suites/suite.ts";

/** Flags that say what is measured, as commander leaves them. */
export interface MeasuringFlags {
  readonly plugins?: readonly string[];
  readonly cluster: string;
  readonly suite?: readonly string[];
  readonly nodes: number;
  readonly blocks?: number;
  readonly duration?: number;
  readonly seed?: number;
  readonly binDir?: readonly string[];
  readonly conf?: readonly string[];
  readonly underlayMtu: number;
  readonly verbose?: boolean;
}

export interface Inputs {
  readonly plan: Plan;
  readonly plugins: readonly Plugin[];
  readonly kind: ClusterKind;
  readonly binDirs: readonly string[];
  readonly seed: number;
}

const DEFAULT_PLUGINS = ["bridge", "ptp", "simplecni"];
const DEFAULT_SUITE = "quick";

/** @throws UsageErrors */
export function readInputs(flags: MeasuringFlags): Inputs {
  const problems: string[] = [];
  const kind = chooseCluster(flags.cluster, problems);
  const chosen = choosePlugins(flags, problems);
  const suites = (flags.suite ?? [DEFAULT_SUITE]).flatMap((name) => chooseSuite(name, flags, problems));
  problems.push(...doubled("suite", suites.map(({ name }) => name)), ...doubled("plugin", chosen.map(({ name }) => name)));
  const binDirs = (flags.binDir ?? []).map((dir) => resolve(dir));
  for (const dir of binDirs) if (!isFolder(dir)) problems.push(`--bin-dir ${dir} is no folder; name the folder that holds the plugin's program`);
  if (flags.nodes > kind.maxNodes) problems.push(`--nodes ${flags.nodes} is more than the ${kind.maxNodes} that ${kind.name} can have`);
  if (problems.length > 0) throw new UsageErrors(problems);
  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 31);
  const clusterReason = flags.cluster === "auto" ? `every plugin has a recipe for ${kind.name}` : "asked for";
  const plan = makePlan({ suites, plugins: chosen, runners, cluster: kind.name, clusterReason, nodes: flags.nodes, seed });
  return { plan, plugins: chosen, kind, binDirs, seed };
}

/** What the suite loader must know of the runners. */
export function runnerFacts(): Record<string, RunnerFacts> {
  const facts = (runner: Runner): RunnerFacts => ({ params: runner.params, paths: runner.scope === "pair" ? runner.paths : [] });
  return Object.fromEntries(Object.entries(runners).map(([name, runner]) => [name, facts(runner)]));
}

function chooseCluster(name: string, problems: string[]): ClusterKind {
  if (name === "auto") return clusters.netns;
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = ["auto", ...Object.keys(clusters)];
  problems.push(`unknown cluster "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return clusters.netns;
}

function choosePlugins(flags: MeasuringFlags, problems: string[]): Plugin[] {
  const customs = (flags.conf ?? []).flatMap((file) => readCustom(file, problems));
  const names = (flags.plugins ?? (customs.length > 0 ? [] : DEFAULT_PLUGINS)).filter((name) => name !== BASELINE);
  const byName = names.flatMap((name): Plugin[] => {
    const custom = customs.find((one) => one.plugin.name === name || one.types[0] === name);
    if (custom !== undefined) return [custom.plugin];
    if (Object.hasOwn(plugins, name)) return [plugins[name as keyof typeof plugins]];
    const known = [...Object.keys(plugins), ...customs.map(({ plugin }) => plugin.name)];
    problems.push(`unknown plugin "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}; any other is measured with --conf FILE`);
    return [];
  });
  const extra = customs.map(({ plugin }) => plugin).filter((plugin) => !byName.includes(plugin));
  return [...byName, ...extra];
}

function readCustom(file: string, problems: string[]): Custom[] {
  try {
    return [customPlugin(readFileSync(file, "utf8"), file)];
  } catch (error) {
    problems.push(errorText(error, `--conf ${file}`));
    return [];
  }
}

function chooseSuite(name: string, { blocks, duration }: MeasuringFlags, problems: string[]): Suite[] {
  const shipped = shippedSuites();
  const found = shipped.find((suite) => suite.name === name) ?? (/\.ya?ml$/.test(name) ? readSuiteFile(name, problems) : undefined);
  if (found === null) return [];
  if (found === undefined) {
    const known = shipped.map((suite) => suite.name);
    problems.push(`unknown suite "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}; a file of your own must end in .yaml`);
    return [];
  }
  const loaded = loadSuite(found.text, found.file, runnerFacts());
  if ("problems" in loaded) {
    problems.push(...loaded.problems);
    return [];
  }
  return [{ ...loaded.suite, blocks: blocks ?? loaded.suite.blocks, duration: duration ?? loaded.suite.duration }];
}

function readSuiteFile(file: string, problems: string[]): { readonly file: string; readonly text: string } | null {
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch (error) {
    problems.push(errorText(error, `--suite ${file}`));
    return null;
  }
}

function doubled(noun: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => `two ${noun}s are named "${name}"; rename or leave out one`);
}

function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function errorText(error: unknown, what: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === undefined ? messageOf(error) : `${what} cannot be read (${messageOf(error)}); check the path`;
}
