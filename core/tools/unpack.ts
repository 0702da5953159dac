/** Turns downloaded Debian packages into a folder that works from wherever it lies, without installing anything. */
import { createHash } from "node:crypto";
import { chmodSync, createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EnvironmentError } from "../errors.ts";
import { quoteWord } from "../quote.ts";
import { run, type Shell } from "../shell.ts";
import type { CachedPackage, Manifest } from "./cache.ts";
import { toolOf, type CommandLaunch, type ToolName } from "./catalog.ts";

const BINARY_DIRS = ["usr/sbin", "usr/bin", "sbin", "bin"];
const LIBRARY_DIRS = ["usr/lib", "lib"];
const UNPACK_TIMEOUT_S = 300;

/** Unpacks debs into folder/root, with start scripts in folder/bin and a manifest. @throws EnvironmentError | CommandError */
export async function unpack(
  shell: Shell,
  dir: string,
  debs: readonly string[],
  tools: readonly ToolName[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const root = join(dir, "root");
  mkdirSync(root, { recursive: true });
  mkdirSync(join(dir, "bin"));
  const packages: CachedPackage[] = [];
  for (const deb of debs) {
    await runStep(shell, ["dpkg-deb", "--extract", deb, root], signal);
    packages.push(await describePackage(deb));
  }
  // Nothing that we run needs set-uid, and a copy outside the packager's care should not have it.
  await runStep(shell, ["chmod", "--recursive", "a-s,u+rwX,a+rX", root], signal);
  for (const tool of tools) {
    for (const [command, launch] of Object.entries(toolOf(tool).commands)) writeStartScript(dir, command, launch);
  }
  const manifest: Manifest = { schemaVersion: 1, tools, packages };
  writeFileSync(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function runStep(shell: Shell, argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  try {
    await run(shell, argv, { timeout: UNPACK_TIMEOUT_S, ...(signal && { signal }) });
  } finally {
    signal?.throwIfAborted();
  }
}

/** Name, version and architecture as apt's file name tells them, and the hash of what was unpacked. */
async function describePackage(deb: string): Promise<CachedPackage> {
  const [name = "", version = "", architecture = ""] = basename(deb, ".deb").split("_").map(decodeURIComponent);
  const hash = createHash("sha256");
  await pipeline(createReadStream(deb), hash);
  return { name, version, architecture, sha256: hash.digest("hex") };
}

function writeStartScript(dir: string, command: string, launch: CommandLaunch): void {
  const root = join(dir, "root");
  const candidates = launch.file.includes("/") ? [launch.file] : BINARY_DIRS.map((dir) => join(dir, launch.file));
  const binary = candidates.find((path) => existsSync(join(root, path)));
  if (binary === undefined) {
    throw new EnvironmentError(
      `the downloaded package has no ${launch.file} in it, so ${command} must be installed by hand`,
    );
  }
  const file = join(dir, "bin", command);
  writeFileSync(file, startScript(root, command, binary, launch));
  chmodSync(file, 0o755);
}

/** A script that finds the unpacked files beside itself, so that the folder may be mounted elsewhere. */
function startScript(root: string, command: string, binary: string, launch: CommandLaunch): string {
  const libraries = libraryDirs(root)
    .map((path) => `$root/${path}`)
    .join(":");
  const exports = Object.entries(launch.dirVariables ?? {}).flatMap(([variable, pattern]) => {
    const path = resolvePattern(root, pattern);
    return path === null ? [] : [`export ${variable}="$root/${path}"`];
  });
  return [
    "#!/bin/sh",
    `# ${command}, fetched by cnibench: started with the libraries of its own packages.`,
    'case $0 in /*) root="${0%/*}/../root" ;; *) root="$PWD/${0%/*}/../root" ;; esac',
    ...(libraries === "" ? [] : [`export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`]),
    ...exports,
    `exec "$root/${binary}" ${[...(launch.args ?? []).map(quoteWord), '"$@"'].join(" ")}`,
    "",
  ].join("\n");
}

/** Folders below root that hold shared libraries: the architecture's own, and private ones one level below it. */
function libraryDirs(root: string): string[] {
  const top = LIBRARY_DIRS.flatMap((dir) => [dir, ...dirsIn(root, dir)]);
  const all = [
    ...new Set([...top, ...top.filter((dir) => /-linux-gnu/.test(dir)).flatMap((dir) => dirsIn(root, dir))]),
  ];
  return all.filter((dir) => namesIn(join(root, dir)).some((name) => /^lib.+\.so\.\d/.test(name)));
}

function resolvePattern(root: string, pattern: string): string | null {
  const [before = "", after] = pattern.split("/*/");
  const candidates = after === undefined ? [before] : dirsIn(root, before).map((dir) => join(dir, after));
  return candidates.find((path) => existsSync(join(root, path))) ?? null;
}

/** Plain names only: they are written into a script. */
function dirsIn(root: string, dir: string): string[] {
  return namesIn(join(root, dir))
    .filter((name) => /^[\w.+-]+$/.test(name))
    .map((name) => join(dir, name));
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
