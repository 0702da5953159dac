/**
 * Runs the conformance suite against a plugin: every clause that applies, in every version that the plugin
 * supports.
 */
import {
  type CniArgs,
  type NetworkConfigList,
  PluginFinder,
  SPEC_VERSIONS,
  type SpecVersion,
} from "../../cni/index.ts";
import { UsageError, printable } from "../../core/errors.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Shell } from "../../core/shell.ts";
import { type ConformanceReport, type ConformanceRow, failsRequirement, verdictsOf } from "../../results/index.ts";
import { AddProbe } from "./add-probe.ts";
import { missingAgentReason, protocolOnlyReason, skipUntestable } from "./skipped-clauses.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import type { Profile } from "../under-test/profile.ts";
import { toClauseResult } from "./convert-result.ts";
import type { PluginBinaries } from "./reproduce.ts";
import { supportedVersions } from "../under-test/supported-versions.ts";
import { createTestNode, loopbackOf, type TestNode } from "../node/test-node.ts";
import { runScript } from "../node/profile-script.ts";
import { TestNodePool } from "../node/test-node-pool.ts";
import { ExecutionObserver } from "../clauses/execution-observer.ts";
import { createTasks, runTask, type Selection, type ClauseTask, type TaskNode } from "./tasks.ts";

export interface ConformanceOptions extends Selection {
  readonly plugin: string;
  readonly list: NetworkConfigList;
  readonly profile: Profile;
  /**
   * Nodes to test on, in turn. Each test creates its own node inside one of them, so one serves any number of jobs.
   */
  readonly nodes: readonly Shell[];
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
  /** Binaries on this machine that were copied there: with them, a failure can be reproduced here. */
  readonly binaries?: PluginBinaries;
  /** Default: every version that all plugins of the list support. */
  readonly versions?: readonly SpecVersion[];
  /** Clauses to test before the others. Rows keep their order. Default: none. */
  readonly first?: readonly string[];
  /** Default: false. */
  readonly failFast?: boolean;
  /** Concurrent tests. Default: 1. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  readonly onRow?: (row: ConformanceRow, done: number, total: number) => void;
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
  const newest = SPEC_VERSIONS.findLast((version) => supported.versions.includes(version));
  const tasks = supported.versions.flatMap((version) =>
    createTasks(underTest, version, binaries, { ...options, newest }),
  );
  if (tasks.length === 0)
    throw new NoMatchingClause(
      `no clause matches "${printable(only ?? "")}" for ${plugin} at ${supported.versions.join(", ")}; ` +
        'run "cnibench list clauses"',
    );
  const versions = supported.versions.filter((version) =>
    tasks.some(({ underTest: { list: tested } }) => tested.cniVersion === version),
  );
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

function protocolOnlyWarning(addImpossible: string, version?: SpecVersion): Warning {
  const scope = version === undefined ? "" : ` at ${version}`;
  return { code: "protocol-only", message: `testing only clauses that need no ADD${scope}: ${addImpossible}` };
}

/** A warning about versions that a run with `failFast` did not reach. */
function stoppedWarnings(rows: readonly ConformanceRow[], versions: readonly SpecVersion[]): readonly Warning[] {
  const untested = versions.filter((version) => !rows.some(({ specVersion }) => specVersion === version));
  const message = `stopped at the first failed clause, so these versions were not tested: ${untested.join(", ")}`;
  return untested.length === 0 ? [] : [{ code: "stopped-early", message }];
}

/** Rows in the order of the tasks, and warnings about tests that could not be completed. */
interface TaskResults {
  readonly rows: readonly ConformanceRow[];
  readonly warnings: readonly Warning[];
}

/** Runs the tasks on `jobs` workers. @param addImpossible why ADD cannot succeed on the nodes, or null */
async function runTasks(
  tasks: readonly ClauseTask[],
  addImpossible: string | null,
  options: ConformanceOptions,
): Promise<TaskResults> {
  const { plugin, nodes, signal, profile, jobs = 1, first = [], failFast = false, binaries = null, onRow } = options;
  const isFirst = (i: number): boolean => first.includes(tasks[i]?.clause.id ?? "");
  const order = [...tasks.keys()].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  const rows = new Map<number, ConformanceRow>();
  const warnings: Warning[] = [];
  let stop = false;
  const probe = new AddProbe();
  const observers = new Map(tasks.map(({ underTest }) => [underTest.list.cniVersion, observerOf(underTest)]));
  const work = async (queue: Iterable<number>, node: TaskNode): Promise<void> => {
    for (const i of queue) {
      if (stop) return;
      const task = tasks[i] as ClauseTask;
      const { clause, underTest } = task;
      const version = underTest.list.cniVersion;
      const where = { ...node, observer: observers.get(version) ?? observerOf(underTest) };
      const reason = addImpossible ?? (await probe.reasonToSkip(clause, underTest, where));
      const result = skipUntestable(clause, profile, reason) ?? (await runTask(task, where));
      const row = { plugin, ...toClauseResult(result, { version, known: profile.known, binaries }) };
      if (result.verdict.status === "error")
        warnings.push({
          code: "test-failed",
          message: `the test of ${clause.id} at ${version} failed: ${printable(result.verdict.reason)}`,
        });
      rows.set(i, row);
      onRow?.(row, rows.size, tasks.length);
      stop ||= failFast && failsRequirement(row);
    }
  };
  const workers = Array.from({ length: Math.max(1, jobs) }, (_, worker) => {
    const node = nodes[worker % nodes.length] as Shell;
    return { node, signal, pool: new TestNodePool(() => createReadyNode(node, tasks[0] as ClauseTask)) };
  });
  try {
    for (const judgesAll of [false, true]) {
      // One iterator for all workers: each takes the next task of the phase.
      const queue = order.filter((i) => (tasks[i]?.clause.judgesAll ?? false) === judgesAll).values();
      await Promise.all(workers.map((worker) => work(queue, worker)));
      await Promise.all(workers.map(({ pool }) => pool.settle()));
    }
  } finally {
    await Promise.all(workers.map(({ pool }) => pool.close()));
  }
  for (const { version, reason } of await probe.failures()) warnings.push(protocolOnlyWarning(reason, version));
  return { rows: [...rows].sort(([a], [b]) => a - b).map(([, row]) => row), warnings };
}

function observerOf({ operationLimit }: PluginUnderTest): ExecutionObserver {
  return new ExecutionObserver(operationLimit);
}

/** A test node with a container: nearly every test of the tasks needs one. */
function createReadyNode(node: Shell, { underTest }: ClauseTask): Promise<TestNode> {
  return createTestNode(node, underTest, loopbackOf(underTest));
}
