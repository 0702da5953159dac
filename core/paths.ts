import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of the installed package, for the files that ship beside the code (suites, plugin scripts). It is searched
 * upwards because the code runs from the source folders and from `dist/`.
 * @throws Error when the installation is broken: a fault of ours, not of the user.
 */
export function packageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (packageName(join(dir, "package.json")) === "cnibench") return dir;
    if (dir === dirname(dir))
      throw new Error(`no package.json of cnibench at or above ${from}; install cnibench again`);
  }
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
