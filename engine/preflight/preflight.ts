/** Checks the tools, binaries and manifests that a plan needs before anything is created. */
import type { Cluster, ClusterKind } from "../../clusters/index.ts";
import { fetchManifest, toolProblems } from "../../kubernetes/index.ts";
import { EnvironmentError, messageOf, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { cacheDir, missingTools, type ToolName, TOOLS } from "../../tools/index.ts";
import { BASELINE, type Plugin } from "../../plugins/index.ts";
import { findAssets, type Assets } from "./assets.ts";
import type { RunChoices } from "../plan/definition.ts";
import type { Plan } from "../plan/make-plan.ts";

/** A plan with the plugins and the cluster kind that it was made for. */
interface PlannedRun {
  readonly plan: Plan;
  readonly kind: ClusterKind;
  readonly plugins: readonly Plugin[];
  /** Directories with plugin binaries of the user. */
  readonly binDirs: readonly string[];
}

/** Returns the tools that a plan needs on this machine. */
export function toolsNeeded(host: Host, { plan, kind, plugins, binDirs }: PlannedRun): readonly ToolName[] {
  return knownTools([...deployTools(host, kind, plugins, binDirs), ...(bringsTools(kind) ? [] : runnerTools(plan))]);
}

/** Returns the tools that a plan needs on nodes that have their own tools. */
export function toolsOnNodes(plan: Plan, kind: ClusterKind): readonly ToolName[] {
  return kind.nodesHaveTools === true ? knownTools(runnerTools(plan)) : [];
}

/** Reports whether the tools of runners and plugins are those of the nodes or pods instead of this machine. */
function bringsTools({ nodesHaveTools, podsHaveTools }: ClusterKind): boolean {
  return nodesHaveTools === true || podsHaveTools === true;
}

function runnerTools(plan: Plan): readonly string[] {
  return plan.tasks.flatMap(({ runner }) => runner.tools);
}

/** Returns the tools that are needed to deploy plugins. */
export function deployTools(
  host: Host,
  kind: ClusterKind,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): readonly ToolName[] {
  const called = plugins.flatMap(({ bare }) => (bringsTools(kind) ? [] : (bare?.tools ?? [])));
  const reference = plugins.some((plugin) => lacksBinaries(host, plugin, kind.api, binDirs)) ? ["cni-plugins"] : [];
  return knownTools([...kind.tools, ...called, ...reference]);
}

/** Finds the binaries of all plugins and collects all problems. */
export function findAllAssets(
  host: Host,
  plugins: readonly Plugin[],
  api: Cluster["api"],
  binDirs: readonly string[],
): { readonly assets: readonly Assets[]; readonly problems: readonly Problem[] } {
  const found = plugins.map((plugin) => findAssets(host, plugin, api, binDirs));
  return {
    assets: found.flatMap((one) => ("assets" in one ? [one.assets] : [])),
    problems: found.flatMap((one) => ("problems" in one ? one.problems : [])),
  };
}

/**
 * Returns everything that prevents a run, without downloading or creating anything, and the binaries that were found.
 * @throws UsageError if a binary in a directory of the user cannot be run
 */
export async function findProblems(
  host: Host,
  { choices, plan }: { readonly choices: RunChoices; readonly plan: Plan },
): Promise<{ readonly assets: readonly Assets[]; readonly problems: readonly Problem[] }> {
  const { plugins, kind, spec, binDirs } = choices;
  const { assets, problems } = findAllAssets(host, plugins, kind.api, binDirs);
  // The checks of a kind start its tools. Missing ones are reported as such.
  const kindIsReady = missingTools(host, knownTools(kind.tools)).length === 0;
  const ofKind = kindIsReady ? await kind.check(host, spec).catch(asProblem) : [];
  const ofTools = await findToolProblems(host, pluginsToInstall(choices), kind.api);
  return { assets, problems: [...planProblems(plan), ...ofKind, ...problems, ...ofTools] };
}

/** A check that the environment prevents is a problem like those that it looks for. */
function asProblem(error: unknown): readonly Problem[] {
  if (error instanceof EnvironmentError) return [{ message: error.message }];
  throw error;
}

/** Reports a plan with plugins that measures only the baseline, because every task of every plugin is skipped. */
function planProblems({ tasks }: Plan): readonly Problem[] {
  const ofPlugins = tasks.filter(({ plugin }) => plugin !== BASELINE);
  const skips = ofPlugins.flatMap(({ plugin, skip }) => (skip === undefined ? [] : [`${plugin}: ${skip}`]));
  if (ofPlugins.length === 0 || skips.length < ofPlugins.length) return [];
  const message = `no plugin can be measured (${[...new Set(skips)].join("; ")})`;
  return [{ message, fix: "choose other --plugins, another --suite or another --cluster" }];
}

/** Returns the plugins that a run installs: on an existing cluster, that of `--install`. */
export function pluginsToInstall({ plugins, temporaryInstall }: RunChoices): readonly Plugin[] {
  return temporaryInstall === null ? plugins : [temporaryInstall.plugin];
}

/** Reports the tools of Kubernetes recipes that are missing or too old. */
async function findToolProblems(
  host: Host,
  plugins: readonly Plugin[],
  api: Cluster["api"],
): Promise<readonly Problem[]> {
  if (api !== "kubernetes") return [];
  const problems = plugins.flatMap(({ name, kubernetes }) =>
    (kubernetes?.tools ?? []).map((tool) => toolProblems(host.shell, tool, `plugin ${name}`)),
  );
  return (await Promise.all(problems)).flat();
}

/** Fetches the published Kubernetes manifests of plugins into the cache. @returns a problem for each failed download */
export async function fetchManifests(
  host: Host,
  plugins: readonly Plugin[],
  api: Cluster["api"],
): Promise<readonly Problem[]> {
  if (api !== "kubernetes") return [];
  const problems: Problem[] = [];
  for (const { name, kubernetes } of plugins) {
    if (kubernetes?.manifest === undefined) continue;
    await fetchManifest(name, kubernetes.manifest, cacheDir(host)).catch((error: unknown) =>
      problems.push({ message: messageOf(error) }),
    );
  }
  return problems;
}

/** Returns the tools that the catalog contains; all systems have the others. */
export function knownTools(names: readonly string[]): readonly ToolName[] {
  return [...new Set(names)].filter((name): name is ToolName => Object.hasOwn(TOOLS, name));
}

function lacksBinaries(host: Host, plugin: Plugin, api: Cluster["api"], binDirs: readonly string[]): boolean {
  return "problems" in findAssets(host, plugin, api, binDirs);
}
