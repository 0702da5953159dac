/** Turns downloaded Debian packages into a folder that works from wherever it lies, without installing anything. */
import { createHash } from "node:crypto";
import { chmodSync, createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EnvironmentError } from "../errors.ts";
import { quoteWord } from "../quote.ts";
import { run, type Shell } from "../shell.ts";
import type { CachedPackage, Manifest } from "./cache.ts";
import { toolOf, type Launch, type ToolName } from "./catalogue.ts";

const PROGRAM_FOLDERS = ["usr/sbin", "usr/bin", "sbin", "bin"];
const LIBRARY_FOLDERS = ["usr/lib", "lib"];
const UNPACK_TIMEOUT = 300;

/** Unpacks debs into folder/root, with start scripts in folder/bin and a manifest. @throws EnvironmentError | CommandError */
export async function unpack(
  shell: Shell,
  folder: string,
  debs: readonly string[],
  tools: readonly ToolName[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const root = join(folder, "root");
  mkdirSync(root, { recursive: true });
  mkdirSync(join(folder, "bin"));
  const packages: CachedPackage[] = [];
  for (const deb of debs) {
    await step(shell, ["dpkg-deb", "--extract", deb, root], signal);
    packages.push(await identify(deb));
  }
  // Nothing that we run needs set-uid, and a copy outside the packager's care should not have it.
  await step(shell, ["chmod", "--recursive", "a-s,u+rwX,a+rX", root], signal);
  for (const tool of tools) {
    for (const [command, launch] of Object.entries(toolOf(tool).commands)) writeStart(folder, command, launch);
  }
  const manifest: Manifest = { schemaVersion: 1, tools, packages };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function step(shell: Shell, argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  try {
    await run(shell, argv, { timeout: UNPACK_TIMEOUT, ...(signal && { signal }) });
  } finally {
    signal?.throwIfAborted();
  }
}

/** Name, version and architecture as apt's file name tells them, and the hash of what was unpacked. */
async function identify(deb: string): Promise<CachedPackage> {
  const [name = "", version = "", architecture = ""] = basename(deb, ".deb").split("_").map(decodeURIComponent);
  const hash = createHash("sha256");
  await pipeline(createReadStream(deb), hash);
  return { name, version, architecture, sha256: hash.digest("hex") };
}

function writeStart(folder: string, command: string, launch: Launch): void {
  const root = join(folder, "root");
  const inside = launch.file.includes("/") ? [launch.file] : PROGRAM_FOLDERS.map((dir) => join(dir, launch.file));
  const program = inside.find((path) => existsSync(join(root, path)));
  if (program === undefined) {
    throw new EnvironmentError(
      `the downloaded package has no ${launch.file} in it, so ${command} must be installed by hand`,
    );
  }
  const file = join(folder, "bin", command);
  writeFileSync(file, startScript(root, command, program, launch));
  chmodSync(file, 0o755);
}

/** A script that finds the unpacked files beside itself, so that the folder may be mounted elsewhere. */
function startScript(root: string, command: string, program: string, launch: Launch): string {
  const libraries = libraryFolders(root)
    .map((path) => `$root/${path}`)
    .join(":");
  const folders = Object.entries(launch.folders ?? {}).flatMap(([variable, pattern]) => {
    const path = resolvePattern(root, pattern);
    return path === null ? [] : [`export ${variable}="$root/${path}"`];
  });
  return [
    "#!/bin/sh",
    `# ${command}, fetched by cnibench: started with the libraries of its own packages.`,
    'case $0 in /*) root="${0%/*}/../root" ;; *) root="$PWD/${0%/*}/../root" ;; esac',
    ...(libraries === "" ? [] : [`export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`]),
    ...folders,
    `exec "$root/${program}" ${[...(launch.args ?? []).map(quoteWord), '"$@"'].join(" ")}`,
    "",
  ].join("\n");
}

/** Folders below root that hold shared libraries: the architecture's own, and private ones one level below it. */
function libraryFolders(root: string): string[] {
  const top = LIBRARY_FOLDERS.flatMap((dir) => [dir, ...foldersIn(root, dir)]);
  const all = [
    ...new Set([...top, ...top.filter((dir) => /-linux-gnu/.test(dir)).flatMap((dir) => foldersIn(root, dir))]),
  ];
  return all.filter((dir) => namesIn(join(root, dir)).some((name) => /^lib.+\.so\.\d/.test(name)));
}

function resolvePattern(root: string, pattern: string): string | null {
  const [before = "", after] = pattern.split("/*/");
  const candidates = after === undefined ? [before] : foldersIn(root, before).map((dir) => join(dir, after));
  return candidates.find((path) => existsSync(join(root, path))) ?? null;
}

/** Plain names only: they are written into a script. */
function foldersIn(root: string, dir: string): string[] {
  return namesIn(join(root, dir))
    .filter((name) => /^[\w.+-]+$/.test(name))
    .map((name) => join(dir, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
