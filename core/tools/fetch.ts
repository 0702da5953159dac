/** Fetches missing tools from the system's own package archive into the private cache: no root, nothing installed. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import { localShell } from "../local.ts";
import type { Shell } from "../shell.ts";
import { archiveSources, openApt, requireSpace, spaceNeeded, type PlannedPackage } from "./apt.ts";
import { cacheDir, createCache, type Manifest } from "./cache.ts";
import { installCommand, unavailableReasons, toolOf, type ToolName } from "./catalog.ts";
import { queryVersion, missingTools } from "./describe.ts";
import { findTool } from "./find.ts";
import { withLock } from "./lock.ts";
import { distributionOf, type Distribution } from "./sources.ts";
import { unpack } from "./unpack.ts";

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** One line per step, for a person to read. */
  readonly onProgress?: (line: string) => void;
}

/** Bytes that the package lists and apt's cache of them take. */
const PACKAGE_LISTS_BYTES = 150e6;

/**
 * Brings those of the named tools that are missing into the cache; what is here already is left alone. An interrupted
 * fetch leaves nothing that a later one would use.
 * @throws EnvironmentError (no apt-get, no network, no such package, bad signature, no space); the signal's reason when aborted
 */
export async function fetchTools(names: readonly ToolName[], options: FetchOptions = {}): Promise<void> {
  const missing = missingTools(names).map(({ name }) => name);
  if (missing.length === 0) return;
  const distribution = requireDistribution(missing);
  const cache = cacheDir();
  createCache(cache);
  const shell = localShell();
  const onWait = (): void => options.onProgress?.("waiting for another cnibench that fills the same cache");
  await withLock(
    shell,
    join(cache, "lock"),
    { ...(options.signal && { signal: options.signal }), onWait },
    async () => {
      // Whoever held the lock before may have fetched them, or died and left its work folder.
      const stillMissing = missingTools(missing).map(({ name }) => name);
      const temp = join(cache, "tmp");
      rmSync(temp, { recursive: true, force: true });
      if (stillMissing.length === 0) return;
      mkdirSync(temp);
      try {
        await fetchInto(shell, cache, mkdtempSync(join(temp, "fetch-")), stillMissing, distribution, options);
      } finally {
        rmSync(temp, { recursive: true, force: true });
      }
    },
  );
}

/** What must hold before anything is tried. */
function requireDistribution(missing: readonly ToolName[]): Distribution {
  const distribution = distributionOf(existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "");
  if (distribution === null || findTool("apt-get") === null || findTool("dpkg-deb") === null) {
    throw new EnvironmentError(
      `${missing.join(", ")} can be fetched only on Debian and Ubuntu (apt-get): install them with this system's package manager, then try again`,
    );
  }
  const refused = unavailableReasons(missing, distribution.family);
  if (refused.length > 0) throw new EnvironmentError(refused.join("; "));
  return distribution;
}

async function fetchInto(
  shell: Shell,
  cache: string,
  work: string,
  tools: readonly ToolName[],
  distribution: Distribution,
  options: FetchOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const packages = [...new Set(tools.flatMap((name) => toolOf(name).packages))];
  const components = [...new Set(tools.flatMap((name) => toolOf(name).components[distribution.family]))];
  const sources = archiveSources(distribution, components);
  if (sources.length === 0) {
    throw new EnvironmentError(
      `/etc/apt names no ${distribution.family === "ubuntu" ? "Ubuntu" : "Debian"} archive to fetch ${tools.join(", ")} from: add one, or run \`${installCommand(tools)}\``,
    );
  }
  requireSpace(cache, PACKAGE_LISTS_BYTES);
  const apt = openApt(shell, join(work, "apt"), sources, signal);
  onProgress?.("reading the package lists");
  await apt.update();
  const planned = await apt.plan(packages);
  checkPlan(planned, packages, tools);
  requireSpace(cache, spaceNeeded(planned));
  onProgress?.(
    `fetching ${tools.join(", ")} (${planned.length} package${planned.length === 1 ? "" : "s"}, ${megabytes(planned)} MB)`,
  );
  const debs = await apt.download(packages, planned);
  onProgress?.("unpacking");
  const dir = join(work, "tools");
  const manifest = await unpack(shell, dir, debs, tools, signal);
  await requireStartable(shell, dir, tools);
  signal?.throwIfAborted();
  publish(cache, dir, manifest);
}

/** Refuses plans that could not work once unpacked beside the system. */
function checkPlan(planned: readonly PlannedPackage[], packages: readonly string[], tools: readonly ToolName[]): void {
  const names = new Set(planned.map(({ name }) => name));
  const absent = packages.filter((name) => !names.has(name));
  if (absent.length > 0) {
    throw new EnvironmentError(
      `the archive does not offer the installed version of ${absent.join(", ")} again: run \`${installCommand(tools)} --reinstall\``,
    );
  }
  // A C library that is not the system's does not work with the system's loader.
  if (names.has("libc6") || names.has("libc6.1")) {
    throw new EnvironmentError(
      `${tools.join(", ")} need a newer C library than this system has: run \`sudo apt-get upgrade\` or \`${installCommand(tools)}\``,
    );
  }
}

/** Starts every fetched command once: a missing library or a noexec disk shows here, not in a measurement. */
async function requireStartable(shell: Shell, dir: string, tools: readonly ToolName[]): Promise<void> {
  for (const name of tools) {
    const { probe } = toolOf(name);
    const path =
      "command" in probe ? join(dir, "bin", probe.command) : join(dir, "root/usr/lib/cni", probe.cniPlugins[0] ?? "");
    const { problem } = await queryVersion(shell, name, path);
    if (problem === null) continue;
    throw new EnvironmentError(
      `${name} was fetched but does not start (${problem}): set CNIBENCH_CACHE to a disk that allows programs, or run \`${installCommand([name])}\``,
    );
  }
}

/** The one moment at which the fetch becomes visible. */
function publish(cache: string, dir: string, manifest: Manifest): void {
  const hashes = manifest.packages.map(({ sha256 }) => sha256).sort();
  const id = createHash("sha256")
    .update([...manifest.tools, ...hashes].join("\n"))
    .digest("hex")
    .slice(0, 12);
  const target = join(cache, "tools", id);
  // Only a damaged copy can be in the way: its tools were not found.
  rmSync(target, { recursive: true, force: true });
  renameSync(dir, target);
}

function megabytes(planned: readonly PlannedPackage[]): string {
  return (planned.reduce((sum, one) => sum + one.size, 0) / 1e6).toFixed(1);
}
