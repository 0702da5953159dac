/** Where programs and CNI plugins are looked for on this host. What the system has wins over what cnibench fetched. */
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fetchedDirs } from "./cache.ts";

/** Often not in the PATH of an ordinary user, yet what we look for (ip, iptables) lives there. */
const SYSTEM_DIRS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const SYSTEM_CNI_DIRS = ["/usr/lib/cni", "/opt/cni/bin"];

/** Folders of programs: the caller's PATH, the usual system folders, then the private cache. Joined by `:` it is a PATH. */
export function toolPath(): string[] {
  const userDirs = (process.env.PATH ?? "").split(":").filter((folder) => isAbsolute(folder));
  const cached = fetchedDirs()
    .map((folder) => join(folder, "bin"))
    .filter(isDirectory);
  return [...new Set([...userDirs, ...SYSTEM_DIRS, ...cached])];
}

/** Absolute path of a command, or null. */
export function findTool(command: string): string | null {
  return firstExecutable(toolPath(), command);
}

/** Folders of CNI plugins that exist, the system's first. */
export function cniPluginDirs(): string[] {
  const cached = fetchedDirs().map((folder) => join(folder, "root/usr/lib/cni"));
  return [...SYSTEM_CNI_DIRS, ...cached].filter(isDirectory);
}

/** Absolute path of the CNI plugin binary for a `type`, or null; extraDirs are searched first. */
export function findCniPlugin(type: string, extraDirs: readonly string[] = []): string | null {
  return firstExecutable([...extraDirs, ...cniPluginDirs()], type);
}

function firstExecutable(dirs: readonly string[], name: string): string | null {
  // Names come from configurations too: one that would leave the folder is no name.
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return null;
  return dirs.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** A regular file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
