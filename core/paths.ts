/** The directory of the installed package, and directories on this machine. */
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Returns the directory of the installed package, which contains the files shipped with the code (suites, plugin
 * scripts). Searches upwards because the code runs from the source directories and from `dist/`.
 * @throws Error if the installation is broken
 */
export function packageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (packageName(join(dir, "package.json")) === "cnibench") return dir;
    if (dir === dirname(dir))
      throw new Error(`package.json of cnibench not found in ${from} or its parents; reinstall cnibench`);
  }
}

/** Returns the version of cnibench. */
export function cnibenchVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string }).version;
}

/** Reports whether the path is a directory, or a link to one. @throws the system error if it is not accessible */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function packageName(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  return (JSON.parse(text) as { name?: unknown }).name;
}

/**
 * Creates a directory and its missing parents. Replaces `mkdir(recursive)`, which never returns in Node 20 where the
 * kernel answers ENOENT for a new name, as in /proc.
 * @throws the system error
 */
export function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
