/** Unpacks downloaded Debian packages into a relocatable directory, without installing them. */
import { createHash } from "node:crypto";
import { chmodSync, createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EnvironmentError } from "../core/errors.ts";
import { quoteWord } from "../core/text.ts";
import { run } from "../core/shell.ts";
import type { Host } from "../core/host.ts";
import type { CachedPackage, Manifest } from "./cache.ts";
import { toolOf, type CommandLaunch, type ToolName } from "./catalog.ts";

const BINARY_DIRS = ["usr/sbin", "usr/bin", "sbin", "bin"];
const LIBRARY_DIRS = ["usr/lib", "lib"];
const UNPACK_TIMEOUT_S = 300;

/** Downloaded packages and the tools that they contain. */
interface Download {
  /** Paths of the `.deb` files. */
  readonly debs: readonly string[];
  readonly tools: readonly ToolName[];
}

/**
 * Unpacks packages into `<dir>/root` and writes start scripts into `<dir>/bin` and a manifest.
 * @throws EnvironmentError if a package lacks the command of its tool; CommandError
 */
export async function unpack(host: Host, dir: string, { debs, tools }: Download): Promise<Manifest> {
  const root = join(dir, "root");
  mkdirSync(root, { recursive: true });
  mkdirSync(join(dir, "bin"));
  const packages: CachedPackage[] = [];
  for (const deb of debs) {
    await runStep(host, ["dpkg-deb", "--extract", deb, root]);
    packages.push(await describePackage(deb));
  }
  // No tool needs set-uid, and a copy without package updates should not have it.
  await runStep(host, ["chmod", "--recursive", "a-s,u+rwX,a+rX", root]);
  for (const tool of tools) {
    for (const [command, launch] of Object.entries(toolOf(tool).commands)) writeStartScript(dir, command, launch);
  }
  const manifest: Manifest = { schemaVersion: 1, tools, packages };
  writeFileSync(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function runStep({ shell, signal }: Host, argv: readonly string[]): Promise<void> {
  try {
    await run(shell, argv, { timeout: UNPACK_TIMEOUT_S, signal });
  } finally {
    signal.throwIfAborted();
  }
}

/** Returns name, version and architecture from the file name that apt chose, and the hash of the package. */
async function describePackage(deb: string): Promise<CachedPackage> {
  const [name = "", version = "", architecture = ""] = basename(deb, ".deb").split("_").map(decodeURIComponent);
  const hash = createHash("sha256");
  await pipeline(createReadStream(deb), hash);
  return { name, version, architecture, sha256: hash.digest("hex") };
}

function writeStartScript(dir: string, command: string, launch: CommandLaunch): void {
  const root = join(dir, "root");
  const candidates = launch.file.includes("/") ? [launch.file] : BINARY_DIRS.map((name) => join(name, launch.file));
  const binary = candidates.find((path) => existsSync(join(root, path)));
  if (binary === undefined) {
    throw new EnvironmentError(`${launch.file} not found in the downloaded package; install ${command} manually`);
  }
  const file = join(dir, "bin", command);
  writeFileSync(file, startScript(root, command, binary, launch));
  chmodSync(file, 0o755);
}

/** Returns a script that finds the unpacked files relative to itself, so the directory can be mounted elsewhere. */
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
    `# Starts ${command}, fetched by cnibench, with the libraries of its packages.`,
    'case $0 in /*) root="${0%/*}/../root" ;; *) root="$PWD/${0%/*}/../root" ;; esac',
    ...(libraries === "" ? [] : [`export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`]),
    ...exports,
    `exec "$root/${binary}" ${[...(launch.args ?? []).map(quoteWord), '"$@"'].join(" ")}`,
    "",
  ].join("\n");
}

/** Returns the directories with shared libraries: those of the architecture, and private ones one level below. */
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

/** Returns subdirectories without special characters in their names, because the names are written into a script. */
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
