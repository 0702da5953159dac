/** Which program files stand for a plugin on this machine, and what is missing. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../clusters/cluster.ts";
import { UsageError } from "../core/errors.ts";
import type { Problem } from "../core/model.ts";
import { packageRoot } from "../core/paths.ts";
import { architectureOf } from "../core/tools/architecture.ts";
import { findCniPlugin, findTool, isExecutable } from "../core/tools/find.ts";
import type { BareRecipe, Plugin } from "../plugins/plugin.ts";

export interface Binary {
  readonly name: string;
  /** Absolute path on this machine. */
  readonly file: string;
  readonly sha256: string;
}

export interface Assets {
  readonly plugin: Plugin;
  readonly binaries: readonly Binary[];
}

/**
 * @param binDirs folders of the user's, searched before anything else; the plugin's own one comes first.
 * @throws UsageError when a folder of the user's has a file of the name that cannot be run, or a version's folder has none:
 *   nothing else may take its place unseen.
 */
export function findAssets(
  plugin: Plugin,
  api: Cluster["api"],
  binDirs: readonly string[],
): { readonly assets: Assets } | { readonly problems: readonly Problem[] } {
  const { binDir } = plugin;
  const [main = ""] = nodeBinaries(plugin, api).binaries;
  if (binDir !== undefined && !existsSync(join(binDir, main)))
    throw new UsageError(`${binDir} has no "${main}"; name the folder that holds this version of it`);
  const found = locateBinaries(plugin, api, binDirs);
  const problems = found.filter(({ file }) => file === null).map(({ name }) => missingBinaryProblem(plugin, name));
  if (problems.length > 0) return { problems };
  return {
    assets: {
      plugin,
      binaries: found.map(({ name, file }) => ({ name, file: file ?? "", sha256: sha256(file ?? "") })),
    },
  };
}

/** Programs of a bare recipe that are not here, and that nothing but their projects has. @throws UsageError as above */
export function missingUpstreamBinaries(plugin: Plugin, binDirs: readonly string[]): readonly string[] {
  const absent = locateBinaries(plugin, "bare", binDirs).filter(({ file }) => file === null);
  return absent.map(({ name }) => name).filter((name) => plugin.bare?.downloadUrls?.[name] !== undefined);
}

/** Programs of this machine that go to the nodes. A plugin without a recipe for such clusters needs none: the plan skips it. */
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

/** @returns null in the place of a file: it is not here */
function locateBinaries(
  plugin: Plugin,
  api: Cluster["api"],
  binDirs: readonly string[],
): readonly { readonly name: string; readonly file: string | null }[] {
  const { binaries, daemonBinaries, shippedBinaries } = nodeBinaries(plugin, api);
  const dirs = plugin.binDir === undefined ? binDirs : [plugin.binDir, ...binDirs];
  const installed = (name: string): string | null => {
    const shippedPath = shippedBinaries[name];
    return shippedPath === undefined ? findCniPlugin(name) : join(packageRoot(), shippedPath);
  };
  return [
    ...binaries.map((name) => ({ name, file: findInBinDirs(name, dirs) ?? installed(name) })),
    ...daemonBinaries.map((name) => ({ name, file: findInBinDirs(name, dirs) ?? findTool(name) })),
  ];
}

function findInBinDirs(name: string, binDirs: readonly string[]): string | null {
  const found = binDirs.map((dir) => join(dir, name)).find((file) => existsSync(file));
  return found === undefined ? null : requireRunnable(found);
}

function requireRunnable(file: string): string {
  if (!isExecutable(file))
    throw new UsageError(`${file} is no executable file; fix: chmod +x ${file}, or take it away`);
  const architecture = architectureOf(file);
  if (architecture === null || architecture === arch()) return file;
  throw new UsageError(
    `${file} is a program for ${architecture}, and this machine is ${arch()}; put one for ${arch()} in its place`,
  );
}

function missingBinaryProblem({ name: plugin, bare }: Plugin, name: string): Problem {
  const noun = bare?.daemonBinaries?.includes(name) === true ? "program" : "CNI plugin";
  const source = bare?.downloadUrls?.[name];
  const fix =
    source === undefined
      ? "cnibench setup, or --bin-dir DIR with it"
      : `get it from ${source}, and name its folder with --bin-dir DIR`;
  return { message: `plugin ${plugin} needs the ${noun} "${name}", which is not here`, fix };
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
