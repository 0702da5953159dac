/** Selects plugins by their flags: known plugins, overrides of them, and custom configurations. */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { CniArgs } from "../../cni/index.ts";
import { describeReadError, messageOf } from "../../core/errors.ts";
import { isDirectory } from "../../core/paths.ts";
import { didYouMean } from "../../core/text.ts";
import { type CustomPlugin, parseCustomPlugin } from "../../engine/index.ts";
import { BASELINE, type Plugin, plugins } from "../../plugins/index.ts";
import { overridePlugin } from "./overrides.ts";

export interface PluginFlags {
  readonly plugins?: readonly string[];
  readonly conf?: readonly string[];
  readonly binDir?: readonly string[];
  /** Changes to CNI_ARGS, for every plugin. */
  readonly cniArgs?: CniArgs;
}

const DEFAULT_PLUGINS = ["bridge", "ptp", "simplecni"];

/** Returns the plugins of `--plugins` and `--conf`, or the default ones. @param problems receives all problems */
export function choosePlugins({ plugins: given, conf, cniArgs }: PluginFlags, problems: string[]): Plugin[] {
  const customs = (conf ?? []).flatMap((file) => readCustom(file, problems));
  const names = (given ?? (customs.length > 0 ? [] : DEFAULT_PLUGINS)).filter((name) => name !== BASELINE);
  const byName = names.flatMap((name) => findPlugin(name, customs, problems));
  const used = new Set(byName.map(({ bare }) => bare));
  const extra = customs.map(({ plugin }) => plugin).filter(({ bare }) => !used.has(bare));
  return [...byName, ...extra].map((plugin) => withCniArgs(plugin, cniArgs));
}

function withCniArgs(plugin: Plugin, cniArgs: CniArgs | undefined): Plugin {
  return cniArgs === undefined ? plugin : { ...plugin, cniArgs: [...(plugin.cniArgs ?? []), ...cniArgs] };
}

/** The plugin of a command that takes only one, and the directories of its binaries. */
export interface ChosenPlugin {
  /** undefined for the baseline, or if there are problems. */
  readonly plugin: Plugin | undefined;
  readonly binDirs: readonly string[];
}

/**
 * Returns the plugin that `given` names, or the one of `--conf`, which takes precedence over a known plugin.
 * @param given `bridge`, `bridge@...` or the path of a binary
 * @param problems receives all problems
 */
export function chooseOnePlugin(given: string, flags: PluginFlags, problems: string[]): ChosenPlugin {
  const [path = "", ...source] = given.split("@");
  const isPath = path.includes("/");
  const binDirs = [...(isPath ? [dirname(resolve(path))] : []), ...chooseBinDirs(flags, problems)];
  const name = isPath ? basename(path) : path;
  const [file, ...more] = flags.conf ?? [];
  if (more.length > 0) problems.push("--conf: pass one file, because only one plugin is deployed");
  if (file === undefined)
    return { plugin: choosePlugins({ ...flags, plugins: [[name, ...source].join("@")] }, problems).at(0), binDirs };
  const [custom] = readCustom(file, problems);
  if (custom !== undefined && isPath && !custom.types.includes(name))
    problems.push(
      `--conf ${file}: contains the types ${custom.types.join(", ")} but not ${name}; ` +
        "the type of a plugin is its file name",
    );
  return {
    plugin: custom && withCniArgs(custom.plugin, flags.cniArgs),
    binDirs: [...source.map((dir) => resolve(dir)), ...binDirs],
  };
}

/** Returns the directories of `--bin-dir` as absolute paths. @param problems receives all problems */
export function chooseBinDirs({ binDir }: PluginFlags, problems: string[]): string[] {
  const dirs = (binDir ?? []).map((dir) => resolve(dir));
  for (const dir of dirs)
    if (!isDirectory(dir))
      problems.push(`--bin-dir ${dir}: not a directory (expected the directory that contains the plugin binary)`);
  return dirs;
}

/** @param given `bridge`, or `bridge@...` with an override (see overrides.ts) */
function findPlugin(given: string, customs: readonly CustomPlugin[], problems: string[]): Plugin[] {
  const [name = "", ...rest] = given.split("@");
  const plugin = customs.find((one) => one.plugin.name === name || one.types[0] === name)?.plugin ?? knownPlugin(name);
  if (plugin === null) {
    const names = [...Object.keys(plugins), ...customs.map((custom) => custom.plugin.name)];
    problems.push(
      `unknown plugin "${name}"${didYouMean(name, names)}; ` +
        'run "cnibench list plugins", or pass --conf FILE for another plugin',
    );
    return [];
  }
  if (rest.length === 0) return [plugin];
  const found = overridePlugin(plugin, rest.join("@"));
  if (typeof found !== "string") return [found];
  problems.push(`--plugins ${given}: ${found}`);
  return [];
}

function knownPlugin(name: string): Plugin | null {
  return Object.hasOwn(plugins, name) ? plugins[name as keyof typeof plugins] : null;
}

function readCustom(file: string, problems: string[]): CustomPlugin[] {
  try {
    return [parseCustomPlugin(readFileSync(file, "utf8"), file)];
  } catch (error) {
    const code = error instanceof Error && "code" in error;
    problems.push(code ? `--conf ${file}: ${describeReadError(error)}` : messageOf(error));
    return [];
  }
}
