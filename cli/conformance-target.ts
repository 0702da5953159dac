/** What `cnibench conformance` is asked to test: programs, their configuration, and what is known of them. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { parseNetworkConfig } from "../cni/conf.ts";
import type { NetworkConfigList } from "../cni/types.ts";
import { UsageError, messageOf, printable } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import { packageRoot } from "../core/paths.ts";
import { cniPluginDirs, isExecutable } from "../core/tools/find.ts";
import type { PluginKind } from "../runners/conformance/clause.ts";
import type { Profile } from "../runners/conformance/profile.ts";
import { loadProfile, profileFor, shippedProfile } from "../runners/conformance/profile-file.ts";

export interface TargetFlags {
  readonly conf?: string;
  readonly kind?: PluginKind;
  readonly profile?: string;
  readonly cniPath?: string;
}

export interface Target {
  readonly name: string;
  readonly list: NetworkConfigList;
  /** null: a chain, whose members have a profile each. */
  readonly profile: Profile | null;
  readonly binaries: readonly PluginBinary[];
}

/** A plugin's file on this machine. */
export interface PluginBinary {
  readonly type: string;
  readonly file: string;
}

/** A target before its binaries are found. */
interface DescribedTarget extends Pick<Target, "name" | "list" | "profile"> {
  readonly searchDirs: readonly string[];
}

/** @throws UsageError */
export function findTargets(plugins: readonly string[], flags: TargetFlags): readonly Target[] {
  return describeTargets(plugins, flags).map(({ searchDirs, ...target }) => ({
    ...target,
    binaries: pluginTypes(target).map((type) => ({ type, file: requireBinary(type, searchDirs) })),
  }));
}

/** Whether a configuration names a plugin that is in none of the search directories. @throws UsageError */
export function needsReferencePlugins(plugins: readonly string[], flags: TargetFlags): boolean {
  return describeTargets(plugins, flags).some((target) =>
    pluginTypes(target).some((type) => findBinary(type, target.searchDirs) === undefined),
  );
}

function describeTargets(plugins: readonly string[], flags: TargetFlags): readonly DescribedTarget[] {
  if (plugins.length > 1 && (flags.conf ?? flags.profile) !== undefined) {
    throw new UsageError("--conf and --profile describe one plugin; name one, or several that cnibench knows");
  }
  const targets = plugins.map((plugin) => describeTarget(plugin, flags));
  const twice = targets.find(({ name }, i) => targets.findIndex((other) => other.name === name) < i);
  if (twice !== undefined)
    throw new UsageError(`two of the plugins are called ${printable(twice.name)}; test them one after the other`);
  return targets;
}

function describeTarget(plugin: string, flags: TargetFlags): DescribedTarget {
  const givenFile = plugin.includes("/") ? binaryAt(resolve(plugin)) : null;
  const name = givenFile === null ? plugin : basename(givenFile);
  const path = (flags.cniPath ?? "")
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => resolve(dir));
  const searchDirs = [
    ...(givenFile === null ? [] : [dirname(givenFile)]),
    ...path,
    ...cniPluginDirs(),
    join(packageRoot(), "plugins/simplecni"),
  ];
  return { name, ...describe(name, givenFile !== null, flags), searchDirs };
}

/** @throws UsageError when the path is no program */
function binaryAt(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined)
    throw new UsageError(
      `${file} does not exist; give the path of the plugin's program, or the name of a known plugin`,
    );
  if (found.isDirectory()) throw new UsageError(`${file} is a folder; give the program in it`);
  if (!isExecutable(file)) throw new UsageError(`${file} is no executable file; fix: chmod +x ${file}`);
  const fault = whyNotRunnable(file);
  if (fault !== null) throw new UsageError(`${file} is no program: ${fault}`);
  return file;
}

/** What the kernel would refuse to start, although it may be executed. */
function whyNotRunnable(file: string): string | null {
  const [line = ""] = firstBytes(file).split("\n");
  if (line.startsWith("\u007fELF")) return null;
  if (!line.startsWith("#!"))
    return "it is neither an ELF file nor a script that begins with #!; build it for this system";
  const [interpreter = ""] = line.slice(2).trim().split(/[ \t]/);
  return isExecutable(interpreter)
    ? null
    : `its interpreter ${printable(interpreter)} does not exist; install it, or correct the first line`;
}

function firstBytes(file: string): string {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString("latin1", 0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
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
    throw new UsageError(
      `nothing is known of ${printable(name)}; give its configuration with --conf FILE, or a profile with --profile FILE`,
    );
  }
  const list = readConfig(conf);
  const types = list.plugins.map(({ type }) => type);
  // Another program than the named one would be tested, and nobody would notice.
  if (isPath && !types.includes(name))
    throw new UsageError(
      `--conf ${conf} names ${types.join(", ")}, but the program is called ${printable(name)}; a plugin's type is its file name`,
    );
  return { list, profile: types.length > 1 ? null : profileFor(list, 0, kind) };
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

/** Every plugin that the configurations name, IPAM plugins too. */
function pluginTypes({ list, profile }: Pick<Target, "list" | "profile">): readonly string[] {
  const lists = [list, ...(profile?.variants ?? []).map((variant) => variant.list)];
  const types = lists.flatMap(({ plugins }) =>
    plugins.flatMap(({ type, raw }) => [type, stringAt(raw, "ipam", "type") ?? ""]),
  );
  return [...new Set(types)].filter((type) => type !== "");
}

/** The binary in the first directory that has it. */
function findBinary(type: string, dirs: readonly string[]): string | undefined {
  return dirs.map((dir) => join(dir, type)).find(isExecutable);
}

/** @throws UsageError */
function requireBinary(type: string, dirs: readonly string[]): string {
  const file = findBinary(type, dirs);
  if (file !== undefined) return file;
  throw new UsageError(`plugin "${type}" not found in ${dirs.join(", ")}; pass its directory with --cni-path DIR`);
}
