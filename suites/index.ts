/** The door to the suites that ship with cnibench: the YAML files of this folder. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../core/paths.ts";

/** A suite file as text; {@link loadSuite} makes a Suite of it, once the runners are known. */
export interface SuiteFile {
  /** What `--suite` calls it: the file name without `.yaml`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** Every shipped suite, by name. */
export function shippedSuites(): readonly SuiteFile[] {
  const folder = join(packageRoot(), "suites");
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return names.map((name) => ({
    name: name.slice(0, -".yaml".length),
    file: join(folder, name),
    text: readFileSync(join(folder, name), "utf8"),
  }));
}
