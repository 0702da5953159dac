/** Where programs and CNI plugins are looked for on this host. What the system has wins over what cnibench fetched. */
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fetchedFolders } from "./cache.ts";

/** Often not in the PATH of an ordinary user, yet what we look for (ip, iptables) lives there. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const SYSTEM_CNI_FOLDERS = ["/usr/lib/cni", "/opt/cni/bin"];

/** Folders of programs: the caller's PATH, the usual system folders, then the private cache. Joined by `:` it is a PATH. */
export function toolPath(): string[] {
  const own = (process.env.PATH ?? "").split(":").filter((folder) => isAbsolute(folder));
  const cached = fetchedFolders()
    .map((folder) => join(folder, "bin"))
    .filter(isFolder);
  return [...new Set([...own, ...SYSTEM_FOLDERS, ...cached])];
}

/** Absolute path of a command, or null. */
export function findTool(command: string): string | null {
  return firstProgram(toolPath(), command);
}

/** Folders of CNI plugins that exist, the system's first. */
export function cniPluginDirs(): string[] {
  const cached = fetchedFolders().map((folder) => join(folder, "root/usr/lib/cni"));
  return [...SYSTEM_CNI_FOLDERS, ...cached].filter(isFolder);
}

/** Absolute path of the CNI plugin binary for a `type`, or null; extraDirs are searched first. */
export function findCniPlugin(type: string, extraDirs: readonly string[] = []): string | null {
  return firstProgram([...extraDirs, ...cniPluginDirs()], type);
}

function firstProgram(folders: readonly string[], name: string): string | null {
  // Names come from configurations too: one that would leave the folder is no name.
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return null;
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

/** A regular file that this user may execute. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
