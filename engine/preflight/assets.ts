/** Finds the binaries of a plugin on this machine and reports the missing ones. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../clusters/index.ts";
import { UsageError, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { packageRoot } from "../../core/paths.ts";
import { didYouMean } from "../../core/text.ts";
import { findCniPlugin, findTool, missingTools, REFERENCE_PLUGINS, whyNotRunnable } from "../../tools/index.ts";
import type { BareRecipe, Plugin } from "../../plugins/index.ts";

/** A binary that is copied to the nodes. */
export interface Binary {
  readonly name: string;
  /** Absolute path on this machine. */
  readonly file: string;
  readonly sha256: string;
}

/** A plugin with all its binaries. */
export interface Assets {
  readonly plugin: Plugin;
  readonly binaries: readonly Binary[];
}

/**
 * Finds all binaries that a plugin needs on clusters with this API.
 * @param binDirs the user's directories, searched before the installed plugins; the plugin's own `binDir` comes first
 * @returns the binaries, or a problem for each missing one
 * @throws UsageError if a file in a user's directory cannot be run, or if `binDir` lacks the plugin: an installed
 *   binary must never replace it silently
 */
export function findAssets(
  host: Host,
  plugin: Plugin,
  api: Cluster["api"],
  binDirs: readonly string[],
): { readonly assets: Assets } | { readonly problems: readonly Problem[] } {
  const { binDir } = plugin;
  const [main = ""] = nodeBinaries(plugin, api).binaries;
  if (binDir !== undefined && !existsSync(join(binDir, main)))
    throw new UsageError(`${binDir}: "${main}" not found; name the directory that contains this version`);
  const found = locateBinaries(host, plugin, api, binDirs);
  const problems = found
    .filter(({ file }) => file === null)
    .map(({ name }) => missingBinaryProblem(host, plugin, name));
  if (problems.length > 0) return { problems };
  return {
    assets: {
      plugin,
      binaries: found.map(({ name, file }) => ({ name, file: file ?? "", sha256: sha256(file ?? "") })),
    },
  };
}

/**
 * Returns the missing binaries of a recipe that only their own project publishes, so that `cnibench setup` cannot
 * install them.
 * @throws UsageError as {@link findAssets} does
 */
export function missingUpstreamBinaries(
  host: Host,
  plugin: Plugin,
  api: Cluster["api"],
  binDirs: readonly string[],
): readonly string[] {
  const absent = locateBinaries(host, plugin, api, binDirs).filter(({ file }) => file === null);
  return absent.map(({ name }) => name).filter((name) => plugin.bare?.downloadUrls?.[name] !== undefined);
}

/** Returns the binaries to copy to the nodes. A plugin without a recipe for this API needs none: the plan skips it. */
function nodeBinaries(
  { bare, kubernetes }: Plugin,
  api: Cluster["api"],
): Required<Pick<BareRecipe, "binaries" | "daemonBinaries" | "shippedBinaries">> {
  if (api === "kubernetes")
    return { binaries: kubernetes?.nodeBinaries ?? [], daemonBinaries: [], shippedBinaries: {} };
  return {
    binaries: bare?.binaries ?? [],
    daemonBinaries: bare?.daemonBinaries ?? [],
    shippedBinaries: bare?.shippedBinaries ?? {},
  };
}

/** Locates each binary; `file` is null if it is missing. */
function locateBinaries(
  host: Host,
  plugin: Plugin,
  api: Cluster["api"],
  binDirs: readonly string[],
): readonly { readonly name: string; readonly file: string | null }[] {
  const { binaries, daemonBinaries, shippedBinaries } = nodeBinaries(plugin, api);
  const dirs = plugin.binDir === undefined ? binDirs : [plugin.binDir, ...binDirs];
  const installed = (name: string): string | null => {
    const shippedPath = shippedBinaries[name];
    return shippedPath === undefined ? findCniPlugin(host, name) : join(packageRoot(), shippedPath);
  };
  return [
    ...binaries.map((name) => ({ name, file: findInBinDirs(host, name, dirs) ?? installed(name) })),
    ...daemonBinaries.map((name) => ({ name, file: findInBinDirs(host, name, dirs) ?? findTool(host, name) })),
  ];
}

/** @throws UsageError if the file cannot be run */
function findInBinDirs(host: Host, name: string, binDirs: readonly string[]): string | null {
  const found = binDirs.map((dir) => join(dir, name)).find((file) => existsSync(file)) ?? null;
  const problem = found === null ? null : whyNotRunnable(host, found);
  if (problem !== null) throw new UsageError(`${found} ${problem}`);
  return found;
}

function missingBinaryProblem(host: Host, { name: plugin, bare }: Plugin, name: string): Problem {
  const noun = bare?.daemonBinaries?.includes(name) === true ? "daemon binary" : "CNI plugin";
  const source = bare?.downloadUrls?.[name];
  const suggestion = source === undefined ? didYouMean(name, REFERENCE_PLUGINS) : "";
  return {
    message: `plugin ${plugin} needs the ${noun} "${name}"${suggestion}, which was not found`,
    fix:
      source === undefined
        ? fixOfMissing(host, name)
        : `download it from ${source} and pass its directory with --bin-dir DIR`,
  };
}

/** Only the reference plugins can be fetched. */
function fixOfMissing(host: Host, name: string): string {
  const canFetch = REFERENCE_PLUGINS.includes(name) && missingTools(host, ["cni-plugins"]).length > 0;
  return canFetch
    ? "cnibench setup (or pass --bin-dir DIR if you have the binary)"
    : "pass its directory with --bin-dir DIR, or correct the configuration";
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
