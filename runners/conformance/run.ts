/** Runs the whole suite against a plugin: every clause that applies, in every version that the plugin lists. */
import { versionEnvironment } from "../../cni/environment.ts";
import { PluginFinder } from "../../cni/find.ts";
import { withVersion } from "../../cni/conf.ts";
import { parseVersionOutput } from "../../cni/plugin-output.ts";
import { invokePlugin } from "../../cni/invoke.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { SPEC_VERSIONS, type SpecVersion } from "../../cni/version.ts";
import { UsageError, messageOf, printable } from "../../core/errors.ts";
import type { Warning } from "../../core/model.ts";
import type { Shell } from "../../core/shell.ts";
import { isDecisive, verdictsOf, type ConformanceReport, type ConformanceRow } from "../../results/verdicts.ts";
import { applies, type Clause } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import type { Profile, Variant } from "./profile.ts";
import { toReportRow } from "./report-row.ts";
import type { PluginBinaries } from "./reproduce.ts";
import type { PluginUnderTest } from "./plugin-under-test.ts";
import { testClause, type ClauseResult } from "./test-clause.ts";
import { createTestNode } from "./test-node.ts";
import { missingAgentReason } from "./missing-agent.ts";

export interface ConformanceOptions {
  readonly plugin: string;
  readonly list: NetworkConfigList;
  readonly profile: Profile;
  /** Nodes to test on, used in turn; a test makes a node of its own inside one, so one is enough for any number of jobs. */
  readonly nodes: readonly Shell[];
  /** sh script that gives a test node what a daemon of the plugin keeps on the node: it has a /run of its own. Left out: nothing. */
  readonly daemonState?: string;
  /** Whether pods of the nodes have their network from it. Default: false, and an ADD that fails is its fault. */
  readonly installed?: boolean;
  /** Folders on the nodes, in CNI_PATH's order. */
  readonly pluginPath: readonly string[];
  /** The files on this machine that lie there: with them a failure can be repeated here. */
  readonly binaries?: PluginBinaries;
  /** The list as a whole is under test: input that one plugin gets wrong is left to tests of that plugin. */
  readonly entireChain?: boolean;
  /** Default: every version that all plugins of the list say they speak. */
  readonly versions?: readonly SpecVersion[];
  /** Ids to test, `*` stands for any text, commas between several: `del.*,check.after-add`. */
  readonly only?: string;
  readonly failFast?: boolean;
  /** Tests at a time. Default 1. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  readonly onRow?: (row: ConformanceRow, done: number, total: number) => void;
}

/** One clause in one version, in every configuration that puts it to the test. */
interface Task {
  readonly clause: Clause;
  readonly underTest: PluginUnderTest;
  readonly variants: readonly { readonly name: string; readonly underTest: PluginUnderTest }[];
}

/** What a chain does as a whole. */
const CHAIN_CLAUSES = /^(add|del|check|gc|status|conc|leak)\.(?!.*prevresult)/;

/** Clauses that need no ADD to succeed: what can be tested where the kernel, a server or an agent is missing. */
export const PROTOCOL_CLAUSES =
  /^(version\.(?!list\.truth)|env\.(command|error|exit\.failure|nocrash|containerid\.chars|ifname\.chars|path\.optional)|cfg\.(json|stdin|name\.(missing|chars)|version\.(unsupported|type))|out\.(version|error)|err\.(?!code11))/;

/** No clause that applies was asked for. */
export class NoMatchingClause extends UsageError {}

/** @throws NothingToTest; EnvironmentError when a node lacks a plugin or allows no namespaces. */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { plugin, list, profile, nodes, pluginPath, signal, daemonState = "", installed = false } = options;
  const [node] = nodes;
  if (node === undefined) throw new UsageError("a conformance run needs a node; give at least one");
  const programs = await findBinaries(node, pluginPath, [list, ...profile.variants.map((variant) => variant.list)]);
  const executables = list.plugins.map(({ type }) => programs.get(type) ?? "");
  const warnings: Warning[] = [...list.warnings];
  const versions = options.versions ?? (await supportedVersions(node, list, executables, profile, signal, warnings));
  const { kinds } = profile;
  const underTest: PluginUnderTest = {
    ...profile,
    name: plugin,
    list,
    pluginPath,
    executables,
    prepare: `${daemonState}\n${profile.prepare ?? ""}`.trim(),
  };
  const tasks = versions.flatMap((version) => tasksFor(underTest, version, programs, options));
  if (tasks.length === 0)
    throw new NoMatchingClause(
      `no clause matches "${printable(options.only ?? "")}" for ${versions.join(", ")}; \`cnibench list clauses\` prints them`,
    );
  const lacking =
    (await protocolOnlyReason(node, profile)) ??
    (installed ? await missingAgentReason({ node, underTest, signal }) : null);
  if (lacking !== null)
    warnings.push({ code: "protocol-only", message: `only what needs no ADD is tested: ${lacking}` });
  const rows = await runTasks(tasks, lacking, options, warnings);
  return {
    schemaVersion: 1,
    plugin,
    kind: kinds[0] ?? "interface",
    kinds,
    specVersions: versions,
    verdicts: verdictsOf(rows, versions, false),
    verdictsWithoutGoSkeleton: verdictsOf(rows, versions, true),
    conformance: rows,
    warnings,
  };
}

function tasksFor(
  underTest: PluginUnderTest,
  version: SpecVersion,
  programs: ReadonlyMap<string, string>,
  { profile, only = "*", entireChain: whole = false }: ConformanceOptions,
): readonly Task[] {
  const at = (list: NetworkConfigList): PluginUnderTest => ({
    ...underTest,
    list: withVersion(list, version),
    executables: list.plugins.map(({ type }) => programs.get(type) ?? ""),
  });
  const chosen = CLAUSES.filter(
    (clause) =>
      applies(clause, version, underTest.kinds) &&
      only.split(",").some((glob) => matchesGlob(glob, clause.id)) &&
      (!whole || CHAIN_CLAUSES.test(clause.id)),
  );
  return chosen.map((clause) => ({
    clause,
    underTest: at(underTest.list),
    variants: profile.variants
      .filter(({ clauses }) => clauses.some((glob) => matchesGlob(glob, clause.id)))
      .map((variant) => ({ name: variant.name, underTest: { ...at(variant.list), ...variantFacts(variant) } })),
  }));
}

/** Types and their paths on the node. @throws EnvironmentError for one that is not there */
async function findBinaries(
  node: Shell,
  pluginPath: readonly string[],
  lists: readonly NetworkConfigList[],
): Promise<ReadonlyMap<string, string>> {
  const types = [...new Set(lists.flatMap(({ plugins }) => plugins.map(({ type }) => type)))];
  const paths = await new PluginFinder(node, pluginPath).find(types);
  return new Map(types.map((type, i) => [type, paths[i] ?? ""]));
}

/** What a configuration makes the plugin do, where it is not said of all of them. */
function variantFacts({ changes, offeredCapabilities: offers }: Variant): Partial<PluginUnderTest> {
  return { ...(changes !== undefined && { changes }), ...(offers !== undefined && { offeredCapabilities: offers }) };
}

/** `*` stands for any text. */
function matchesGlob(glob: string, id: string): boolean {
  const pattern = glob
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(id);
}

/** Why ADD cannot work here, or null. A link type is probed, for no list of kernels tells. */
async function protocolOnlyReason(node: Shell, { protocolOnly, linkTypes }: Profile): Promise<string | null> {
  if (protocolOnly !== undefined) return protocolOnly;
  const surroundings = linkTypes.length === 0 ? null : await createTestNode(node);
  try {
    for (const type of linkTypes) {
      const options = { vlan: ["id", "5"], vrf: ["table", "5"] }[type] ?? [];
      const made = await surroundings?.shell.exec([
        "ip",
        "link",
        "add",
        "link",
        "eth0",
        "name",
        "probe0",
        "type",
        type,
        ...options,
      ]);
      if (made?.exitCode !== 0) return `kernel lacks ${type}`;
    }
    return null;
  } finally {
    await surroundings?.remove();
  }
}

/** Clauses that need two containers at once, or two interfaces of one. */
const MULTI_CONTAINER_CLAUSES =
  /^(conc\.|add\.(multi|result\.ips\.unique|untouched|connect\.peer)|del\.(others|same-cid|env\.ids|other-network|prevresult\.absent)|gc\.(valid|granularity|othernetwork|continue|concurrent)|check\.(later|stable))/;

/** The skip of a clause that cannot be tested here, or null. */
function skippedResult(clause: Clause, { exclusive, excluded }: Profile, lacking: string | null): ClauseResult | null {
  const skip = (reason: string, applicable: boolean): ClauseResult => ({
    clause,
    verdict: { status: "skip", reason, applicable },
    calls: [],
    steps: [],
  });
  const exclusion = excluded.find(({ clauses }) => clauses.some((glob) => matchesGlob(glob, clause.id)));
  if (exclusion !== undefined) return skip(exclusion.reason, false);
  if (lacking !== null && !PROTOCOL_CLAUSES.test(clause.id)) return skip(lacking, true);
  return exclusive && MULTI_CONTAINER_CLAUSES.test(clause.id)
    ? skip("the plugin serves one container at a time", false)
    : null;
}

/** The clause in the first configuration, and where it is kept there in the others, until one breaks it. */
async function runTask({ clause, underTest, variants }: Task, node: Shell, signal: AbortSignal): Promise<ClauseResult> {
  let found = await testClause(clause, { node, underTest, signal });
  for (const variant of variants) {
    if (found.verdict.status === "fail" || found.verdict.status === "error") break;
    const other = await testClause(clause, { node, underTest: variant.underTest, signal });
    const { verdict } = other;
    // What the first configuration could not put to the test, another may.
    if (verdict.status === "pass" && found.verdict.status === "skip") found = other;
    if (verdict.status === "fail")
      found = { ...other, verdict: { ...verdict, expected: `${verdict.expected} (configuration: ${variant.name})` } };
  }
  return found;
}

/** Rows in the order of the tasks, whichever ended first. */
async function runTasks(
  tasks: readonly Task[],
  lacking: string | null,
  options: ConformanceOptions,
  warnings: Warning[],
): Promise<readonly ConformanceRow[]> {
  const { plugin, nodes, signal, profile, jobs = 1, failFast = false, binaries: programs = null, onRow } = options;
  const rows = new Map<number, ConformanceRow>();
  let next = 0;
  let done = 0;
  let stop = false;
  const work = async (worker: number): Promise<void> => {
    for (let i = next++; i < tasks.length && !stop; i = next++) {
      const task = tasks[i] as Task;
      const { clause, underTest } = task;
      const tested =
        skippedResult(clause, profile, lacking) ?? (await runTask(task, nodes[worker % nodes.length] as Shell, signal));
      const row = toReportRow(tested, {
        plugin,
        version: underTest.list.cniVersion,
        known: profile.known,
        binaries: programs,
      });
      done++;
      if (tested.verdict.status === "error")
        warnings.push({
          code: "test-failed",
          message: `the test of ${clause.id} at ${underTest.list.cniVersion} went wrong: ${printable(tested.verdict.reason)}`,
        });
      if (row === null) continue;
      rows.set(i, row);
      onRow?.(row, done, tasks.length);
      stop ||= failFast && row.status === "fail" && isDecisive(row);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, (_, worker) => work(worker)));
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
}

/** Released versions that every plugin lists; the configuration's own when a plugin gives no usable answer. */
async function supportedVersions(
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
    const call = {
      plugin,
      path,
      command: "VERSION",
      request: `{"cniVersion":"${list.cniVersion}"}`,
      env: versionEnvironment(),
      timeout,
      signal,
    };
    try {
      spoken.push(parseVersionOutput(await invokePlugin(node, call)).supportedVersions);
    } catch (error) {
      warnings.push({ code: "version-unknown", message: `${messageOf(error)}; only ${list.cniVersion} is tested` });
      return [list.cniVersion];
    }
  }
  const shared = SPEC_VERSIONS.filter((version) => spoken.every((versions) => versions.includes(version)));
  return shared.length > 0 ? shared : [list.cniVersion];
}
