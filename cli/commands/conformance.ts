/** `cnibench conformance`: tests plugins against every clause of the CNI specification in a lab. */
import { UsageError, UsageErrors, printable, printableLine } from "../../core/errors.ts";
import type { BareCluster, BareKind, Cluster, ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import { type CniArgs, SPEC_VERSIONS, type SpecVersion } from "../../cni/index.ts";
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import { type ConformanceFormat, conformanceReports, type Language } from "../../reports/index.ts";
import { type ConformanceReport, type ConformanceRow, failsRequirement } from "../../results/index.ts";
import { runChain, runConformance } from "../../conformance/index.ts";
import { chooseCluster, type ClusterFlags } from "../flags/choose-cluster.ts";
import { testInstalledPlugins, type ConformanceSettings } from "./conformance-installed.ts";
import { testEach } from "./conformance-each.ts";
import { watchedFiles, withSelection } from "./conformance-selection.ts";
import { watch } from "./conformance-watch.ts";
import { conformanceText, summaryLines } from "../terminal/conformance-text.ts";
import { findTargets, type Target, type TargetFlags } from "./conformance-target.ts";
import { conformanceTools, prepareTools } from "./conformance-tools.ts";
import { warnIfEmulated } from "../terminal/before-run.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { reportOutput } from "../terminal/report-output.ts";
import { requireNoProblems } from "../../core/errors.ts";
import { prepareKind } from "../tools.ts";

export interface ConformanceFlags extends TargetFlags, Omit<ClusterFlags, "nodes"> {
  readonly node?: string;
  /** Versions, or `all` that the plugin supports. */
  readonly spec: readonly (SpecVersion | "all")[];
  readonly only?: string;
  readonly cniArgs?: CniArgs;
  readonly failFast?: boolean;
  readonly rerunFailed?: boolean;
  readonly watch?: boolean;
  readonly jobs: number;
  readonly format: ConformanceFormat | "text";
  readonly out?: string;
  readonly yes?: boolean;
  readonly lang?: Language;
}

/** Directory of the plugin binaries on the node. */
const NODE_BIN_DIR = "/opt/cni/bin";

/** Directory on the node for files that configurations name. */
const NODE_FILES_DIR = "/opt/cni/files";

export async function conformanceCommand(
  host: Host,
  plugins: readonly string[],
  flags: ConformanceFlags,
): Promise<ExitCode> {
  const { kind, spec } = chooseClusterFor(flags);
  const write = reportOutput(flags.out, [...plugins, flags.conf ?? [], flags.profile ?? []].flat());
  return interruptible(host, async (interruptibleHost) => {
    await prepareKind(interruptibleHost, kind, flags);
    await prepareTools(
      interruptibleHost,
      conformanceTools(interruptibleHost, kind, plugins, flags),
      flags.yes ?? false,
    );
    const runTests = async (runHost: Host): Promise<ExitCode> => {
      const reports = await testAll(runHost, { kind, spec }, plugins, flags);
      await write(formatReports(reports, flags));
      process.stderr.write(reports.map(summaryLines).join(""));
      return exitCodeOf(reports);
    };
    if (flags.watch !== true) return runTests(interruptibleHost);
    return watch(
      interruptibleHost,
      () => watchedFiles(findTargets(interruptibleHost, plugins, flags), flags),
      runTests,
    );
  });
}

/** A kind of cluster and the cluster to create. */
interface ClusterChoice {
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
}

/** @throws UsageErrors */
function chooseClusterFor(flags: ConformanceFlags): ClusterChoice {
  const problems: string[] = [];
  const choice = chooseCluster({ ...flags, nodes: 1 }, problems);
  if (choice.kind.api === "kubernetes" && (flags.watch === true || flags.rerunFailed === true))
    problems.push("--watch and --rerun-failed: only for plugin binaries on this machine, without Kubernetes");
  if (problems.length > 0) throw new UsageErrors(problems);
  return choice;
}

async function testAll(
  host: Host,
  { kind, spec }: ClusterChoice,
  plugins: readonly string[],
  flags: ConformanceFlags,
): Promise<readonly ConformanceReport[]> {
  if (kind.api === "kubernetes")
    return testInstalledPlugins(
      host,
      plugins,
      { kind, spec, chooseNode: (cluster) => chooseNode(cluster, flags.node) },
      settingsOf(host, flags),
    );
  return testTargets(host, { kind, spec }, findTargets(host, plugins, flags), flags);
}

function formatReports(reports: readonly ConformanceReport[], { format, lang }: ConformanceFlags): string {
  if (format === "text") return reports.map(conformanceText).join("\n");
  return conformanceReports[format](reports, lang === undefined ? {} : { language: lang });
}

async function testTargets(
  host: Host,
  { kind, spec }: { readonly kind: BareKind; readonly spec: ClusterSpec },
  targets: readonly Target[],
  flags: ConformanceFlags,
): Promise<readonly ConformanceReport[]> {
  const selected = targets.flatMap((target) => withSelection(host, target, flags));
  if (selected.length === 0) return [];
  requireNoProblems(await kind.check(host, spec));
  await warnIfEmulated(host, kind, spec);
  const cluster = await kind.create(host, spec);
  try {
    const node = chooseNode(cluster, flags.node);
    return await testEach(selected, async ({ target, failures, selection }) => {
      const report = await testTarget(cluster, node, target, { ...settingsOf(host, flags), ...selection });
      failures.record(report);
      return report;
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** Returns the node with this name, or the first one. @throws UsageError */
function chooseNode({ nodes }: Cluster, name: string | undefined): Node {
  // The names of new nodes are generated, so the user can give the end of one, such as node-1.
  const node =
    name === undefined
      ? nodes[0]
      : nodes.find((candidate) => candidate.name === name || candidate.name.endsWith(`-${name}`));
  if (node === undefined)
    throw new UsageError(
      `--node ${printable(name ?? "")}: not found; the cluster has ${nodes.map((one) => one.name).join(", ")}`,
    );
  return node;
}

async function testTarget(
  cluster: BareCluster,
  node: Node,
  { name, list, profile, binaries, neighbors, files }: Target,
  settings: ConformanceSettings,
): Promise<ConformanceReport> {
  await cluster.putFiles(node, [
    ...[...binaries, ...neighbors].map(({ type, file }) => ({
      ...{ path: `${NODE_BIN_DIR}/${type}`, mode: 0o755, source: { file } },
    })),
    ...files.map((file) => ({ path: `${NODE_FILES_DIR}${file}`, mode: 0o600, source: { file } })),
  ]);
  const options = {
    ...{ plugin: name, list, nodes: [node.shell], pluginPath: [NODE_BIN_DIR] },
    ...settings,
    ...(files.length > 0 && { daemonState: `[ ! -d ${NODE_FILES_DIR} ] || cp -r ${NODE_FILES_DIR}/* /` }),
    binaries: { files: [...binaries, ...neighbors].map(({ file }) => file), dir: NODE_BIN_DIR, copied: files },
  };
  return profile === null ? runChain(options) : runConformance({ ...options, profile });
}

function settingsOf({ signal }: Host, flags: ConformanceFlags): ConformanceSettings {
  return {
    ...{ signal, onRow: printFailure, jobs: flags.jobs, failFast: flags.failFast ?? false },
    ...(flags.spec.includes("all") ? {} : { versions: SPEC_VERSIONS.filter((one) => flags.spec.includes(one)) }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
    ...(flags.cniArgs === undefined ? {} : { cniArgs: flags.cniArgs }),
  };
}

/** Prints a failure when it is found; other results are only in the report. */
function printFailure(
  { plugin, clause, specVersion, status, message }: ConformanceRow,
  done: number,
  total: number,
): void {
  if (status === "fail")
    process.stderr.write(
      `${done}/${total} FAIL ${printableLine(`${plugin} ${clause} (${specVersion}): ${message}`).slice(0, 300)}\n`,
    );
}

/** In a chain, only the verdict on the named plugin counts. */
function exitCodeOf(reports: readonly ConformanceReport[]): ExitCode {
  const judged = reports.flatMap(({ plugin, conformance }) => {
    const own = conformance.filter((row) => row.plugin === plugin);
    return own.length > 0 ? own : conformance;
  });
  if (judged.some(failsRequirement)) return EXIT.conformance;
  return reports.some(({ verdicts }) => Object.values(verdicts).includes("not tested"))
    ? EXIT.notMeasured
    : EXIT.success;
}
