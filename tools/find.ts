/** Finds commands and CNI plugins on this host. Installed ones take precedence over fetched ones. */
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Host } from "../core/host.ts";
import { isDirectory } from "../core/paths.ts";
import { fetchedDirs } from "./cache.ts";

/** Often not in the PATH of an ordinary user, but they contain required tools (ip, iptables). */
const SYSTEM_DIRS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const SYSTEM_CNI_DIRS = ["/usr/lib/cni", "/opt/cni/bin"];

/** Returns the directories to search for commands: the user's PATH, the system directories, then the private cache. */
export function toolPath(host: Host): string[] {
  const userDirs = (host.env.PATH ?? "").split(":").filter((dir) => isAbsolute(dir));
  const cached = fetchedDirs(host)
    .map((dir) => join(dir, "bin"))
    .filter(isDirectory);
  return [...new Set([...userDirs, ...SYSTEM_DIRS, ...cached])];
}

/** Returns the absolute path of a command, or null. */
export function findTool(host: Host, command: string): string | null {
  return firstExecutable(toolPath(host), command);
}

/** Returns the existing directories of CNI plugins, system directories first. */
export function cniPluginDirs(host: Host): string[] {
  const cached = fetchedDirs(host).map((dir) => join(dir, "root/usr/lib/cni"));
  return [...SYSTEM_CNI_DIRS, ...cached].filter(isDirectory);
}

/** Returns the absolute path of the CNI plugin binary for a `type`, or null. Searches extraDirs first. */
export function findCniPlugin(host: Host, type: string, extraDirs: readonly string[] = []): string | null {
  return firstExecutable([...extraDirs, ...cniPluginDirs(host)], type);
}

function firstExecutable(dirs: readonly string[], name: string): string | null {
  // Names may come from plugin configurations. A name must not lead out of the directory.
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return null;
  return dirs.map((dir) => join(dir, name)).find(isExecutable) ?? null;
}

/** Reports whether the path is a regular file that the current user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
