/** Fetches missing tools from the package archive of the system into the private cache, without root. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Shell } from "../core/shell.ts";
import { archiveSources, openApt, requireSpace, spaceNeeded, type PlannedPackage } from "./apt.ts";
import { cacheDir, createCache, type Manifest } from "./cache.ts";
import { installCommand, unavailableReasons, toolOf, type ToolName } from "./catalog.ts";
import { queryVersion, missingTools } from "./describe.ts";
import { findTool } from "./find.ts";
import { withLock } from "./file-lock.ts";
import { distributionOf, type Distribution } from "./sources.ts";
import { unpack } from "./unpack.ts";

export interface FetchOptions {
  /** Receives one line of text per step. */
  readonly onProgress?: (line: string) => void;
  /** Directory of os-release and apt/. Default /etc. */
  readonly etc?: string;
}

/** Disk space for the package lists and their apt cache. */
const PACKAGE_LISTS_BYTES = 150e6;

/**
 * Fetches the missing tools into the cache; installed tools are not fetched. A later fetch does not reuse anything from
 * an interrupted one.
 * @throws EnvironmentError (no apt-get, no network, no such package, bad signature, no space); the signal's reason if
 * aborted
 */
export async function fetchTools(
  host: Host,
  names: readonly ToolName[],
  { onProgress, etc = "/etc" }: FetchOptions = {},
): Promise<void> {
  const missing = missingTools(host, names).map(({ name }) => name);
  if (missing.length === 0) return;
  const distribution = requireDistribution(host, missing, join(etc, "os-release"));
  const cache = cacheDir(host);
  createCache(cache);
  const onWait = (): void => onProgress?.("waiting for another cnibench that uses the same cache");
  await withLock(host, join(cache, "lock"), { onWait }, async () => {
    // The previous lock holder may have fetched the tools, or was killed and left its work directory behind.
    const stillMissing = missingTools(host, missing).map(({ name }) => name);
    const temp = join(cache, "tmp");
    rmSync(temp, { recursive: true, force: true });
    if (stillMissing.length === 0) return;
    mkdirSync(temp);
    try {
      // Not a directory of core/temp-dir.ts, because the result is renamed into the cache, which must be on the same
      // disk. The next holder of the lock removes what a killed process leaves.
      const work = mkdtempSync(join(temp, "fetch-"));
      await fetchInto(host, { cache, work, tools: stillMissing, distribution, etc }, onProgress);
    } finally {
      rmSync(temp, { recursive: true, force: true });
    }
  });
}

/** Returns the distribution. @throws EnvironmentError if this system cannot fetch the tools */
function requireDistribution(host: Host, missing: readonly ToolName[], osRelease: string): Distribution {
  const distribution = distributionOf(existsSync(osRelease) ? readFileSync(osRelease, "utf8") : "");
  if (distribution === null || findTool(host, "apt-get") === null || findTool(host, "dpkg-deb") === null) {
    throw new EnvironmentError(
      `cannot download ${missing.join(", ")}: only supported on Debian and Ubuntu (apt-get); ` +
        "install them with the package manager of this system, then retry",
    );
  }
  const refused = unavailableReasons(missing, distribution.family);
  if (refused.length > 0) throw new EnvironmentError(refused.join("; "));
  return distribution;
}

/** Tools to fetch, with the directories and the distribution to use. */
interface FetchTask {
  readonly cache: string;
  /** Temporary directory. */
  readonly work: string;
  readonly tools: readonly ToolName[];
  readonly distribution: Distribution;
  readonly etc: string;
}

/** Downloads and unpacks the tools in the work directory and moves the result into the cache. */
async function fetchInto(
  host: Host,
  { cache, work, tools, distribution, etc }: FetchTask,
  onProgress: FetchOptions["onProgress"],
): Promise<void> {
  const packages = [...new Set(tools.flatMap((name) => toolOf(name).packages))];
  const components = [...new Set(tools.flatMap((name) => toolOf(name).components[distribution.family]))];
  const sources = archiveSources(distribution, components, join(etc, "apt"));
  if (sources.length === 0) {
    const name = distribution.family === "ubuntu" ? "Ubuntu" : "Debian";
    throw new EnvironmentError(
      `no ${name} archive in ${join(etc, "apt")} for ${tools.join(", ")}: add one, or run \`${installCommand(tools)}\``,
    );
  }
  requireSpace(cache, PACKAGE_LISTS_BYTES);
  const apt = openApt(host, join(work, "apt"), sources);
  onProgress?.("reading the package lists");
  await apt.update();
  const planned = await apt.plan(packages);
  checkPlan(planned, packages, tools);
  requireSpace(cache, spaceNeeded(planned));
  const packageCount = `${planned.length} package${planned.length === 1 ? "" : "s"}`;
  onProgress?.(`downloading ${tools.join(", ")} (${packageCount}, ${megabytes(planned)} MB)`);
  const debs = await apt.download(packages, planned);
  onProgress?.("unpacking");
  const dir = join(work, "tools");
  const manifest = await unpack(host, dir, { debs, tools });
  await requireStartable(host.shell, dir, tools);
  host.signal.throwIfAborted();
  publish(cache, dir, manifest);
}

/** Rejects plans whose packages would not work after unpacking. @throws EnvironmentError */
function checkPlan(planned: readonly PlannedPackage[], packages: readonly string[], tools: readonly ToolName[]): void {
  const names = new Set(planned.map(({ name }) => name));
  const absent = packages.filter((name) => !names.has(name));
  if (absent.length > 0) {
    throw new EnvironmentError(
      `installed version of ${absent.join(", ")} not in the archive: run \`${installCommand(tools)} --reinstall\``,
    );
  }
  // Another C library does not work with the dynamic loader of the system.
  if (names.has("libc6") || names.has("libc6.1")) {
    throw new EnvironmentError(
      `${tools.join(", ")} need a newer C library: run \`sudo apt-get upgrade\` or \`${installCommand(tools)}\``,
    );
  }
}

/** Starts every fetched command once, to detect a missing library or a noexec disk before a measurement. */
async function requireStartable(shell: Shell, dir: string, tools: readonly ToolName[]): Promise<void> {
  for (const name of tools) {
    const { probe } = toolOf(name);
    const path =
      "command" in probe ? join(dir, "bin", probe.command) : join(dir, "root/usr/lib/cni", probe.cniPlugins[0] ?? "");
    const { problem } = await queryVersion(shell, name, path);
    if (problem === null) continue;
    throw new EnvironmentError(
      `${name} was downloaded but does not start (${problem}): ` +
        `set CNIBENCH_CACHE to a disk without noexec, or run \`${installCommand([name])}\``,
    );
  }
}

/** Makes the fetch visible to other processes in one step. */
function publish(cache: string, dir: string, manifest: Manifest): void {
  const hashes = manifest.packages.map(({ sha256 }) => sha256).sort();
  const id = createHash("sha256")
    .update([...manifest.tools, ...hashes].join("\n"))
    .digest("hex")
    .slice(0, 12);
  const target = join(cache, "tools", id);
  // An existing copy must be damaged, because its tools were not found.
  rmSync(target, { recursive: true, force: true });
  renameSync(dir, target);
}

function megabytes(planned: readonly PlannedPackage[]): string {
  return (planned.reduce((sum, one) => sum + one.size, 0) / 1e6).toFixed(1);
}
