/**
 * Runs the conformance suite against a plugin: every clause that applies, in every version that the plugin
 * supports.
 */
import { type CniArgs, type NetworkConfigList, PluginFinder, type SpecVersion } from "../../cni/index.ts";
import { UsageError, printable } from "../../core/errors.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Shell } from "../../core/shell.ts";
import { type ConformanceReport, type ConformanceRow, verdictsOf } from "../../results/index.ts";
import { missingAgentReason, protocolOnlyReason } from "./skipped-clauses.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import type { Profile } from "../under-test/profile.ts";
import { supportedVersions } from "../under-test/supported-versions.ts";
import { runScript } from "../node/profile-script.ts";
import { protocolOnlyWarning, runTasks, type TaskRunOptions } from "./run-tasks.ts";
import { createTasks, type Selection, versionOf } from "./tasks.ts";

export interface ConformanceOptions extends Selection, TaskRunOptions {
  readonly list: NetworkConfigList;
  readonly profile: Profile;
  /** sh script that copies the state of the plugin's daemon to a test node, which has its own /run. Default: none. */
  readonly daemonState?: string;
  /**
   * Whether the plugin configured the pods of the nodes. Default: false, and the plugin is to blame for a failing
   * ADD.
   */
  readonly installed?: boolean;
  /** Changes to CNI_ARGS, after those of the profile. Default: none. */
  readonly cniArgs?: CniArgs;
  /** Directories on the nodes, in the order of CNI_PATH. */
  readonly pluginPath: readonly string[];
  /** Default: every version that all plugins of the list support. */
  readonly versions?: readonly SpecVersion[];
}

/** No selected clause applies to the plugin. */
export class NoMatchingClause extends UsageError {}

/**
 * @throws NoMatchingClause; EnvironmentError when a plugin is missing on the node, a script of the profile fails, or
 * the node does not allow namespaces
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { plugin, list, profile, nodes, signal, only, installed = false } = options;
  const node = firstNode(nodes);
  await Promise.all(nodes.map((each) => runScript(each, "setup", profile.setup ?? "")));
  const binaries = await findBinaries(node, options);
  const underTest = underTestOf(options, binaries);
  const supported = await versionsToTest(options);
  const tasks = supported.versions.flatMap((version) => createTasks(underTest, version, binaries, options));
  if (tasks.length === 0)
    throw new NoMatchingClause(
      `no clause matches "${printable(only ?? "")}" for ${plugin} at ${supported.versions.join(", ")}; ` +
        'run "cnibench list clauses"',
    );
  const versions = supported.versions.filter((version) => tasks.some((task) => versionOf(task) === version));
  const addImpossible =
    (await protocolOnlyReason(node, profile)) ??
    (installed ? await missingAgentReason({ node, underTest, signal }) : null);
  const { rows, warnings } = await runTasks(tasks, addImpossible, options);
  return {
    schemaVersion: 1,
    plugin,
    kind: profile.kinds[0] ?? "interface",
    kinds: profile.kinds,
    specVersions: versions,
    ...(only !== undefined && { only }),
    verdicts: verdictsOf(rows, versions, { only }),
    verdictsWithoutGoSkeleton: verdictsOf(rows, versions, { only, withoutGoSkeleton: true }),
    conformance: rows,
    warnings: [
      ...list.warnings,
      ...supported.warnings,
      ...(addImpossible === null ? [] : [protocolOnlyWarning(addImpossible)]),
      ...warnings,
      ...stoppedWarnings(rows, versions),
    ],
  };
}

/** Types of plugins and their paths on the node. @throws EnvironmentError for a missing plugin */
async function findBinaries(
  node: Shell,
  { list, profile, pluginPath }: ConformanceOptions,
): Promise<ReadonlyMap<string, string>> {
  const lists = [list, ...profile.variants.map((variant) => variant.list)];
  const types = [...new Set(lists.flatMap(({ plugins }) => plugins.map(({ type }) => type)))];
  const paths = await new PluginFinder(node, pluginPath).find(types);
  return new Map(types.map((type, i) => [type, paths[i] ?? ""]));
}

function underTestOf(
  { plugin, list, profile, pluginPath, daemonState = "", cniArgs = [] }: ConformanceOptions,
  binaries: ReadonlyMap<string, string>,
): PluginUnderTest {
  return {
    ...profile,
    name: plugin,
    list,
    pluginPath,
    cniArgs: [...profile.cniArgs, ...cniArgs],
    executables: list.plugins.map(({ type }) => binaries.get(type) ?? ""),
    prepare: `${daemonState}\n${profile.prepare ?? ""}`.trim(),
  };
}

/** The versions that a run with these options tests. @throws EnvironmentError when a plugin is missing on the node */
export async function versionsToTest(options: ConformanceOptions): ReturnType<typeof supportedVersions> {
  const { versions, nodes, signal } = options;
  if (versions !== undefined) return { versions, warnings: [] };
  const node = firstNode(nodes);
  return supportedVersions(node, underTestOf(options, await findBinaries(node, options)), signal);
}

function firstNode([node]: readonly Shell[]): Shell {
  if (node === undefined) throw new UsageError("a conformance run needs at least one node");
  return node;
}

/** A warning about versions that a run with `failFast` did not reach. */
function stoppedWarnings(rows: readonly ConformanceRow[], versions: readonly SpecVersion[]): readonly Warning[] {
  const untested = versions.filter((version) => !rows.some(({ specVersion }) => specVersion === version));
  const message = `stopped at the first failed clause, so these versions were not tested: ${untested.join(", ")}`;
  return untested.length === 0 ? [] : [{ code: "stopped-early", message }];
}
