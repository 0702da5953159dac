/** Runs the whole suite against a plugin: every clause that applies, in every version that the plugin lists. */
import { versionEnvironment } from "../../cni/environment.ts";
import { PluginFinder } from "../../cni/find.ts";
import { withVersion } from "../../cni/conf.ts";
import { versionAnswer } from "../../cni/answer.ts";
import { invokePlugin } from "../../cni/invoke.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { SPEC_VERSIONS, type SpecVersion } from "../../cni/version.ts";
import { UsageError, messageOf, printable } from "../../core/errors.ts";
import type { Warning } from "../../core/model.ts";
import type { Shell } from "../../core/shell.ts";
import { applies, type Clause } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import type { Profile } from "./profile.ts";
import { rowOf, verdictOf, type ConformanceReport, type ConformanceRow } from "./report.ts";
import type { Subject } from "./subject.ts";
import { testClause } from "./suite.ts";

export interface ConformanceOptions {
  readonly plugin: string;
  readonly list: NetworkConfigList;
  readonly profile: Profile;
  /** Nodes to test on, used in turn; a test makes a node of its own inside one, so one is enough for any number of jobs. */
  readonly nodes: readonly Shell[];
  /** Folders on the nodes, in CNI_PATH's order. */
  readonly pluginPath: readonly string[];
  /** Default: every version that all plugins of the list say they speak. */
  readonly versions?: readonly SpecVersion[];
  /** Ids to test, `*` stands for any text: `del.*`. */
  readonly only?: string;
  readonly failFast?: boolean;
  /** Tests at a time. Default 1. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  readonly onRow?: (row: ConformanceRow, done: number, total: number) => void;
}

interface Task {
  readonly clause: Clause;
  readonly subject: Subject;
}

/** @throws UsageError when nothing is left to test; EnvironmentError when a node lacks a plugin or allows no namespaces. */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { plugin, list, profile, nodes, pluginPath, signal } = options;
  const [node] = nodes;
  if (node === undefined) throw new UsageError("a conformance run needs a node; give at least one");
  const executables = await new PluginFinder(node, pluginPath).find(list.plugins.map(({ type }) => type));
  const warnings: Warning[] = [...list.warnings];
  const versions = options.versions ?? (await listedVersions(node, list, executables, profile, signal, warnings));
  const { kinds } = profile;
  const subject: Subject = { ...profile, name: plugin, list, pluginPath, executables };
  const tasks = versions.flatMap((version) => tasksFor({ ...subject, list: withVersion(list, version) }, options.only));
  if (tasks.length === 0) throw new UsageError(`no clause matches "${printable(options.only ?? "")}" for ${versions.join(", ")}; \`cnibench list clauses\` prints them`);
  const rows = await testAll(tasks, options, warnings);
  const verdicts = (withoutGoSkeleton: boolean): ConformanceReport["verdicts"] =>
    Object.fromEntries(versions.map((version) => [version, verdictOf(rows, version, withoutGoSkeleton)]));
  return {
    schemaVersion: 1,
    plugin,
    kind: kinds[0] ?? "interface",
    kinds,
    specVersions: versions,
    verdicts: verdicts(false),
    verdictsWithoutGoSkeleton: verdicts(true),
    conformance: rows,
    warnings,
  };
}

function tasksFor(subject: Subject, only = "*"): readonly Task[] {
  const pattern = new RegExp(`^${only.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  return CLAUSES.filter((clause) => applies(clause, subject.list.cniVersion, subject.kinds) && pattern.test(clause.id)).map((clause) => ({ clause, subject }));
}

/** Rows in the order of the tasks, whichever ended first. */
async function testAll(tasks: readonly Task[], options: ConformanceOptions, warnings: Warning[]): Promise<readonly ConformanceRow[]> {
  const { nodes, signal, profile, jobs = 1, failFast = false, onRow } = options;
  const rows = new Map<number, ConformanceRow>();
  let next = 0;
  let done = 0;
  let stop = false;
  const work = async (worker: number): Promise<void> => {
    for (let i = next++; i < tasks.length && !stop; i = next++) {
      const { clause, subject } = tasks[i] as Task;
      const tested = await testClause(clause, { node: nodes[worker % nodes.length] as Shell, subject, signal });
      const row = rowOf(tested, subject.list, profile.known);
      done++;
      if (tested.verdict.status === "error") warnings.push({ code: "test-failed", message: `the test of ${clause.id} at ${subject.list.cniVersion} went wrong: ${printable(tested.verdict.reason)}` });
      if (row === null) continue;
      rows.set(i, row);
      onRow?.(row, done, tasks.length);
      stop ||= failFast && row.status === "fail" && (row.level === "MUST" || row.level === "derived");
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, (_, worker) => work(worker)));
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
}

/** Released versions that every plugin lists; the configuration's own when a plugin gives no usable answer. */
async function listedVersions(
  node: Shell,
  list: NetworkConfigList,
  executables: readonly string[],
  { operationLimit: timeout }: Profile,
  signal: AbortSignal,
  warnings: Warning[],
): Promise<readonly SpecVersion[]> {
  const spoken: (readonly string[])[] = [];
  for (const [i, path] of executables.entries()) {
    const plugin = list.plugins[i]?.type ?? "";
    const call = { plugin, path, command: "VERSION", request: `{"cniVersion":"${list.cniVersion}"}`, env: versionEnvironment(), timeout, signal };
    try {
      spoken.push(versionAnswer(await invokePlugin(node, call)).supportedVersions);
    } catch (error) {
      warnings.push({ code: "version-unknown", message: `${messageOf(error)}; only ${list.cniVersion} is tested` });
      return [list.cniVersion];
    }
  }
  const shared = SPEC_VERSIONS.filter((version) => spoken.every((versions) => versions.includes(version)));
  return shared.length > 0 ? shared : [list.cniVersion];
}
