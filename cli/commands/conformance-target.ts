/** The targets of `cnibench conformance`: plugin binaries with their configurations and profiles. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { type NetworkConfigList, parseNetworkConfig } from "../../cni/index.ts";
import { UsageError, describeReadError, printable } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { packageRoot } from "../../core/paths.ts";
import { didYouMean } from "../../core/text.ts";
import { openNetworkFile } from "../../engine/index.ts";
import { configuredFiles, executablesIn, type PluginBinary } from "./node-files.ts";
import { cniPluginDirs, whyNotRunnable } from "../../tools/index.ts";
import {
  loadProfile,
  memberNames,
  type PluginKind,
  type Profile,
  profileFor,
  shippedProfile,
  shippedProfileNames,
} from "../../conformance/index.ts";

export interface TargetFlags {
  readonly conf?: string;
  readonly kind?: PluginKind;
  readonly profile?: string;
  readonly cniPath?: string;
}

export interface Target {
  readonly name: string;
  readonly list: NetworkConfigList;
  /** null for a chain, whose members have one profile each. */
  readonly profile: Profile | null;
  readonly binaries: readonly PluginBinary[];
  /** Other binaries in the directories of the plugin and of `--cni-path`, which the plugin may call. */
  readonly neighbors: readonly PluginBinary[];
  /** Files that the configurations name, in directories of which a test node has its own. */
  readonly files: readonly string[];
}

/** A target before its binaries are found. */
interface DescribedTarget extends Pick<Target, "name" | "list" | "profile"> {
  readonly searchDirs: readonly string[];
  /** The directories of `searchDirs` that the user named. */
  readonly givenDirs: readonly string[];
}

/** @throws UsageError */
export function findTargets(host: Host, plugins: readonly string[], flags: TargetFlags): readonly Target[] {
  return describeTargets(host, plugins, flags).map(({ searchDirs, givenDirs, ...target }) => {
    const binaries = pluginTypes(target).map((type) => ({ type, file: requireBinary(host, type, searchDirs) }));
    const own = binaries.find(({ type }) => type === target.name);
    const dirs = [...givenDirs, ...(own === undefined ? [] : [dirname(own.file)])];
    const neighbors = executablesIn(dirs).filter(({ type }) => !binaries.some((binary) => binary.type === type));
    return { ...target, binaries, neighbors, files: configuredFiles(allLists(target)) };
  });
}

/** Returns whether a configuration names a plugin that no search directory has. @throws UsageError */
export function needsReferencePlugins(host: Host, plugins: readonly string[], flags: TargetFlags): boolean {
  return describeTargets(host, plugins, flags).some((target) =>
    pluginTypes(target).some((type) => findBinary(type, target.searchDirs) === undefined),
  );
}

function describeTargets(host: Host, plugins: readonly string[], flags: TargetFlags): readonly DescribedTarget[] {
  if (plugins.length > 1 && (flags.conf ?? flags.profile) !== undefined) {
    throw new UsageError(
      "--conf and --profile: only for a single plugin; name one plugin, or omit them for known plugins",
    );
  }
  const targets = plugins.map((plugin) => describeTarget(host, plugin, flags));
  const duplicate = targets.find(({ name }, i) => targets.findIndex((other) => other.name === name) < i);
  if (duplicate !== undefined)
    throw new UsageError(`duplicate plugin name ${printable(duplicate.name)}; test these plugins one after the other`);
  return targets;
}

function describeTarget(host: Host, plugin: string, flags: TargetFlags): DescribedTarget {
  const givenFile = plugin.includes("/") ? binaryAt(host, resolve(plugin)) : null;
  const name = givenFile === null ? plugin : basename(givenFile);
  const cniPath = (flags.cniPath ?? "")
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => resolve(dir));
  const givenDirs = [...(givenFile === null ? [] : [dirname(givenFile)]), ...cniPath];
  const searchDirs = [...givenDirs, ...cniPluginDirs(host), join(packageRoot(), "plugins/simplecni")];
  const described = describe(name, givenFile !== null, flags);
  requireNamed(name, givenFile !== null, described, flags);
  return { name, ...described, searchDirs, givenDirs };
}

/** @throws UsageError when the file is not a runnable binary */
function binaryAt(host: Host, file: string): string {
  if (!existsSync(file))
    throw new UsageError(`${file} does not exist; pass the path of the plugin binary, or the name of a known plugin`);
  const problem = whyNotRunnable(host, file);
  if (problem !== null) throw new UsageError(`${file} ${problem}`);
  return file;
}

function describe(
  name: string,
  isPath: boolean,
  { profile, conf, kind }: TargetFlags,
): Pick<Target, "list" | "profile"> {
  if (profile !== undefined) return loadProfile(profile);
  const shipped = shippedProfile(name);
  if (conf === undefined) {
    if (shipped !== null && kind === undefined) return shipped;
    if (shipped !== null)
      throw new UsageError(`--kind: requires --conf FILE; omit it to use the shipped profile of ${name}`);
    throw new UsageError(
      isPath
        ? `unknown plugin ${printable(name)}; pass --conf FILE or --profile FILE`
        : `unknown plugin "${printable(name)}"${didYouMean(name, shippedProfileNames())}; ` +
            "pass --conf FILE or --profile FILE for another plugin",
    );
  }
  const list = readConfig(conf);
  return { list, profile: list.plugins.length > 1 ? null : profileFor(list, 0, kind) };
}

/**
 * Requires that the argument names a plugin of the configuration that was passed, or, unless it is a path, the
 * network. Otherwise another plugin than the named one would be tested, without notice.
 * @throws UsageError
 */
function requireNamed(
  name: string,
  isPath: boolean,
  { list, profile }: Pick<Target, "list" | "profile">,
  { profile: profileFile, conf }: TargetFlags,
): void {
  if ((profileFile ?? conf) === undefined) return;
  const types = list.plugins.map(({ type }) => type);
  const tested =
    profile === null ? [...new Set([...types, ...memberNames(list)])] : types.slice(profile.target, profile.target + 1);
  const names = isPath ? tested : [...tested, list.name];
  if (names.includes(name)) return;
  const option = profileFile === undefined ? `--conf ${conf}` : `--profile ${profileFile}`;
  const next = isPath ? "the type of a plugin is its file name" : `name a plugin, or the network ${list.name}`;
  throw new UsageError(
    `${printable(option)}: tests ${tested.join(", ")}, not "${printable(name)}"${didYouMean(name, names)}; ${next}`,
  );
}

function readConfig(file: string): NetworkConfigList {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--conf ${file}: ${describeReadError(error)}`);
  }
  const opened = openNetworkFile(text, file, []);
  return parseNetworkConfig(opened.text, opened.name);
}

/** Returns the type of every plugin in the configurations, including IPAM plugins. */
function pluginTypes(target: Pick<Target, "list" | "profile">): readonly string[] {
  const types = allLists(target).flatMap(({ plugins }) =>
    plugins.flatMap(({ type, raw }) => [type, stringAt(raw, "ipam", "type") ?? ""]),
  );
  return [...new Set(types)].filter((type) => type !== "");
}

function allLists({ list, profile }: Pick<Target, "list" | "profile">): readonly NetworkConfigList[] {
  return [list, ...(profile?.variants ?? []).map((variant) => variant.list)];
}

/** Returns the first regular file of this name, executable or not, as runtimes do. */
function findBinary(type: string, dirs: readonly string[]): string | undefined {
  return dirs
    .map((dir) => join(dir, type))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** @throws UsageError */
function requireBinary(host: Host, type: string, dirs: readonly string[]): string {
  const file = findBinary(type, dirs);
  if (file !== undefined) return binaryAt(host, file);
  throw new UsageError(
    `plugin binary "${type}" not found in ${dirs.join(", ")}; pass its directory with --cni-path DIR`,
  );
}
