/** `cnibench conformance`: one plugin against every clause of the specification, in a lab of its own. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, delimiter, join, resolve } from "node:path";
import { parseNetworkConfig } from "../cni/conf.ts";
import type { NetworkConfigList } from "../cni/types.ts";
import type { SpecVersion } from "../cni/version.ts";
import { EnvironmentError, UsageError, messageOf, printable } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import { packageRoot } from "../core/paths.ts";
import { cniPluginDirs, isProgram } from "../core/tools/find.ts";
import type { ClusterKind } from "../clusters/cluster.ts";
import { known } from "../engine/preflight.ts";
import type { Kind } from "../runners/conformance/clause.ts";
import { guessProfile } from "../runners/conformance/profile.ts";
import { loadProfile, shippedProfile, type DescribedPlugin } from "../runners/conformance/profile-file.ts";
import type { ConformanceReport, ConformanceRow } from "../runners/conformance/report.ts";
import { runConformance } from "../runners/conformance/run.ts";
import { clusterSpec, findKind, type ClusterFlags } from "./cluster.ts";
import { conformanceText } from "./conformance-text.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { interruptible } from "./interrupt.ts";
import { requireTools } from "./tools.ts";
import { writeReport } from "./report.ts";

export interface ConformanceFlags extends Pick<ClusterFlags, "cluster" | "underlayMtu"> {
  readonly conf?: string;
  readonly kind?: Kind;
  readonly profile?: string;
  readonly cniPath?: string;
  readonly spec: SpecVersion | "all";
  readonly only?: string;
  readonly failFast?: boolean;
  readonly jobs: number;
  readonly format: "text" | "json";
  readonly out?: string;
  readonly yes?: boolean;
}

/** Where plugins lie on the node. */
const BIN = "/opt/cni/bin";

interface Target extends DescribedPlugin {
  readonly name: string;
  /** Folders of programs, the plugin's own first. */
  readonly folders: readonly string[];
}

export async function conformanceCommand(plugin: string, flags: ConformanceFlags): Promise<ExitCode> {
  const problems: string[] = [];
  const kind = findKind(flags.cluster, problems);
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  const report = await interruptible(async (signal) => {
    await requireTools(known([...kind.tools, "cni-plugins", "jq", "iptables"]), flags.yes ?? false, signal);
    return test(kind, findTarget(plugin, flags), flags, signal);
  });
  const text = flags.format === "json" ? `${JSON.stringify(report, null, 2)}\n` : conformanceText(report);
  if (flags.out === undefined) process.stdout.write(text);
  else await writeReport(flags.out, text);
  return exitCodeOf(report);
}

async function test(kind: ClusterKind, target: Target, flags: ConformanceFlags, signal: AbortSignal): Promise<ConformanceReport> {
  const refused = await kind.check();
  if (refused.length > 0) throw new EnvironmentError(refused.map(({ message, fix = "" }) => `${message}; fix: ${fix}`).join("\n"));
  const cluster = await kind.create({ ...clusterSpec({ ...flags, nodes: 1 }) }, signal);
  try {
    const [node] = cluster.nodes;
    if (node === undefined) throw new EnvironmentError("the cluster has no node; try again");
    const programs = programsOf(target).map(({ type, file }) => ({ path: `${BIN}/${type}`, mode: 0o755, source: { file } }));
    await cluster.putFiles(node, programs);
    const versions = flags.spec === "all" ? {} : { versions: [flags.spec] };
    const only = flags.only === undefined ? {} : { only: flags.only };
    return await runConformance({
      ...{ plugin: target.name, list: target.list, profile: target.profile, nodes: [node.shell], pluginPath: [BIN] },
      ...{ ...versions, ...only, failFast: flags.failFast ?? false, jobs: flags.jobs, signal, onRow: showRow },
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** A failure is shown when it is found; the rest stands in the report. */
function showRow({ clause, specVersion, status, message }: ConformanceRow, done: number, total: number): void {
  if (status === "fail") process.stderr.write(`${done}/${total} FAIL ${clause} (${specVersion}): ${printable(message).slice(0, 300)}\n`);
}

/** @throws UsageError */
function findTarget(plugin: string, flags: ConformanceFlags): Target {
  const own = plugin.includes("/") ? programAt(resolve(plugin)) : null;
  const name = own === null ? plugin : basename(own);
  const path = (flags.cniPath ?? "").split(delimiter).filter((dir) => dir !== "").map((dir) => resolve(dir));
  const folders = [...(own === null ? [] : [dirname(own)]), ...path, ...cniPluginDirs(), join(packageRoot(), "plugins/simplecni")];
  return { name, folders, ...describe(name, flags) };
}

/** @throws UsageError when the path is no program */
function programAt(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${file} does not exist; give the path of the plugin's program, or the name of a known plugin`);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder; give the program in it`);
  if (!isProgram(file)) throw new UsageError(`${file} is no executable file; fix: chmod +x ${file}`);
  return file;
}

function describe(name: string, { profile, conf, kind }: ConformanceFlags): DescribedPlugin {
  if (profile !== undefined) return loadProfile(profile);
  const shipped = shippedProfile(name);
  if (conf === undefined) {
    if (shipped !== null && kind === undefined) return shipped;
    throw new UsageError(`nothing is known of ${name}; give its configuration with --conf FILE, or a profile with --profile FILE`);
  }
  const list = readConfig(conf);
  const target = Math.max(0, list.plugins.findIndex(({ type }) => type === name));
  return { list, profile: guessProfile(list, target, kind) };
}

function readConfig(file: string): NetworkConfigList {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--conf ${file} cannot be read (${messageOf(error)}); check the path`);
  }
  return parseNetworkConfig(text, file);
}

/** Every program that the configurations name, from the first folder that has it. @throws UsageError */
function programsOf({ list, profile, folders }: Target): { readonly type: string; readonly file: string }[] {
  const lists = [list, ...profile.variants.map((variant) => variant.list)];
  const types = new Set(lists.flatMap(({ plugins }) => plugins.flatMap(({ type, raw }) => [type, ...(stringAt(raw, "ipam", "type") ?? "").split(" ")])));
  return [...types].filter((type) => type !== "").map((type) => {
    const file = folders.map((folder) => join(folder, type)).find(isProgram);
    if (file === undefined) throw new UsageError(`the plugin "${type}" is in none of ${folders.join(", ")}; name its folder with --cni-path DIR`);
    return { type, file };
  });
}

function exitCodeOf({ conformance, verdicts }: ConformanceReport): ExitCode {
  const broken = conformance.some(({ status, level }) => status === "fail" && (level === "MUST" || level === "derived"));
  if (broken) return EXIT.conformance;
  return Object.values(verdicts).includes("not tested") ? EXIT.notMeasured : EXIT.good;
}
