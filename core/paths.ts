import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of the installed package, for the files that ship beside the code (suites, plugin scripts). It is searched
 * upwards because the code runs from the source folders and from `dist/`.
 * @throws Error when the installation is broken: a fault of ours, not of the user.
 */
export function packageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (packageName(join(folder, "package.json")) === "cnibench") return folder;
    if (folder === dirname(folder))
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
