/** Reports which tools are installed, from which source, and in which version. */
import { dirname, join } from "node:path";
import type { Host } from "../core/host.ts";
import type { Shell } from "../core/shell.ts";
import { toolOf, type ToolName } from "./catalog.ts";
import { fetchedDirs, readManifest } from "./cache.ts";
import { cniPluginDirs, findTool, isExecutable } from "./find.ts";

/** Location of a tool. */
interface ToolStatus {
  readonly name: ToolName;
  readonly purpose: string;
  /** Absolute path, for CNI plugins of the first one; null: missing. */
  readonly path: string | null;
  readonly source: "system" | "cache" | null;
}

/** Location and version of a tool. */
interface ToolDescription extends ToolStatus {
  /** null: missing, or version unknown. */
  readonly version: string | null;
}

/** Locates a tool without starting it. */
export function toolStatus(host: Host, name: ToolName): ToolStatus {
  const path = locate(host, name);
  const source = path === null ? null : fetchedDirOf(host, path) === null ? "system" : "cache";
  return { name, purpose: toolOf(name).purpose, path, source };
}

/** Returns the tools that are not installed. */
export function missingTools(host: Host, names: readonly ToolName[]): ToolStatus[] {
  return names.map((name) => toolStatus(host, name)).filter((status) => status.path === null);
}

/** Locates the tools and queries the version of each installed one (at most 10 s each). */
export function describeTools(host: Host, names: readonly ToolName[]): Promise<ToolDescription[]> {
  return Promise.all(
    names.map(async (name) => {
      const status = toolStatus(host, name);
      return { ...status, version: status.path === null ? null : await versionOf(host, name, status.path) };
    }),
  );
}

function locate(host: Host, name: ToolName): string | null {
  const { probe } = toolOf(name);
  if ("command" in probe) return findTool(host, probe.command);
  const dir = cniPluginDirs(host).find((dir) => probe.cniPlugins.every((type) => isExecutable(join(dir, type))));
  return dir === undefined ? null : join(dir, probe.cniPlugins[0] ?? "");
}

function fetchedDirOf(host: Host, path: string): string | null {
  return fetchedDirs(host).find((folder) => path.startsWith(`${folder}/`)) ?? null;
}

async function versionOf(host: Host, name: ToolName, path: string): Promise<string | null> {
  return (await queryVersion(host.shell, name, path)).version ?? debianVersion(host, name, path);
}

/** Runs a tool to get its version. `problem` is why it could not start, or null. */
export async function queryVersion(
  shell: Shell,
  name: ToolName,
  path: string,
): Promise<{ version: string | null; problem: string | null }> {
  const { args, pattern } = toolOf(name).version;
  // A CNI plugin prints its name and version only without CNI_COMMAND.
  const output = await shell.exec([path, ...args], { timeout: 10, maxBytes: 65536, env: { CNI_COMMAND: undefined } });
  const version = pattern.exec(`${output.stdout}\n${output.stderr}`)?.[1]?.slice(0, 64) ?? null;
  // The shell and the dynamic loader exit with 126 or 127 if they cannot run a command.
  const broken =
    output.startError !== null || output.ended !== null || output.exitCode === 126 || output.exitCode === 127;
  return { version, problem: broken ? (output.startError ?? output.stderr.trim().slice(0, 300)) : null };
}

/** Returns the package version: Debian builds CNI plugins that do not contain a version. */
async function debianVersion(host: Host, name: ToolName, path: string): Promise<string | null> {
  const fetchedDir = fetchedDirOf(host, path);
  const [main = ""] = toolOf(name).packages;
  if (fetchedDir !== null) return readManifest(fetchedDir)?.packages.find((one) => one.name === main)?.version ?? null;
  if (!dirname(path).startsWith("/usr/lib")) return null;
  const output = await host.shell.exec(["dpkg-query", "--show", "--showformat", "${Version}", main], { timeout: 10 });
  return output.exitCode === 0 ? output.stdout.trim() || null : null;
}
