/** Checks the tools, binaries and manifests that a plan needs before anything is created. */
import type { Cluster } from "../../clusters/cluster.ts";
import type { ClusterKind } from "../../clusters/cluster-kind.ts";
import { toolProblems } from "../../kubernetes/tool-versions.ts";
import { fetchManifest } from "../../kubernetes/install/manifest.ts";
import { messageOf, type Problem } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import { cacheDir } from "../../tools/cache.ts";
import { TOOLS, type ToolName } from "../../tools/catalog.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { findAssets, type Assets } from "./assets.ts";
import type { Plan } from "../plan/plan.ts";

/** Returns the tools that a plan needs on this machine. */
export function toolsNeeded(
  plan: Plan,
  kind: ClusterKind,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): readonly ToolName[] {
  return knownTools([...deployTools(kind, plugins, binDirs), ...(nodesIncludeTools(kind) ? [] : runnerTools(plan))]);
}

/** Returns the tools that a plan needs on nodes that have their own tools. */
export function toolsOnNodes(plan: Plan, kind: ClusterKind): readonly ToolName[] {
  return kind.nodesHaveTools === true ? knownTools(runnerTools(plan)) : [];
}

/** Reports whether nodes or pods include the tools; Kubernetes pods have them in their image. */
function nodesIncludeTools({ api, nodesHaveTools }: ClusterKind): boolean {
  return api === "kubernetes" || nodesHaveTools === true;
}

function runnerTools(plan: Plan): readonly string[] {
  return plan.tasks.flatMap(({ runner }) => runner.tools);
}

/** Returns the tools that are needed to deploy plugins. */
export function deployTools(
  kind: ClusterKind,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): readonly ToolName[] {
  const called = plugins.flatMap(({ bare }) => (nodesIncludeTools(kind) ? [] : (bare?.tools ?? [])));
  const reference = plugins.some((plugin) => needsReferencePlugins(plugin, kind.api, binDirs)) ? ["cni-plugins"] : [];
  return knownTools([...kind.tools, ...called, ...reference]);
}

/** Finds the binaries of all plugins and collects all problems. */
export function findAllAssets(
  plugins: readonly Plugin[],
  api: Cluster["api"],
  binDirs: readonly string[],
): { readonly assets: readonly Assets[]; readonly problems: readonly Problem[] } {
  const found = plugins.map((plugin) => findAssets(plugin, api, binDirs));
  return {
    assets: found.flatMap((one) => ("assets" in one ? [one.assets] : [])),
    problems: found.flatMap((one) => ("problems" in one ? one.problems : [])),
  };
}

/**
 * Fetches the published Kubernetes manifests of plugins into the cache.
 * @returns problems: failed downloads, and tools that are missing or too old
 */
export async function fetchManifests(plugins: readonly Plugin[], api: Cluster["api"]): Promise<readonly Problem[]> {
  if (api !== "kubernetes") return [];
  const problems: Problem[] = [];
  for (const { name, kubernetes } of plugins) {
    for (const tool of kubernetes?.tools ?? [])
      problems.push(...(await toolProblems(localShell(), tool, `plugin ${name}`)));
    if (kubernetes?.manifest === undefined) continue;
    await fetchManifest(name, kubernetes.manifest, cacheDir()).catch((error: unknown) =>
      problems.push({ message: messageOf(error) }),
    );
  }
  return problems;
}

/** Returns the tools that the catalog contains; all systems have the others. */
export function knownTools(names: readonly string[]): readonly ToolName[] {
  return [...new Set(names)].filter((name): name is ToolName => Object.hasOwn(TOOLS, name));
}

function needsReferencePlugins(plugin: Plugin, api: Cluster["api"], binDirs: readonly string[]): boolean {
  return "problems" in findAssets(plugin, api, binDirs);
}
