/** The suites that ship with cnibench: the YAML files in this directory. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../core/paths.ts";

/** A suite file as text, which {@link loadSuite} parses and validates. */
interface SuiteFile {
  /** Name for `--suite`: the file name without `.yaml`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** Returns every shipped suite, sorted by name. */
export function shippedSuites(): readonly SuiteFile[] {
  const dir = join(packageRoot(), "suites");
  const names = readdirSync(dir)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return names.map((name) => ({
    name: name.slice(0, -".yaml".length),
    file: join(dir, name),
    text: readFileSync(join(dir, name), "utf8"),
  }));
}

export { DEFAULT_UNTIL, maxBlocks, minBlocks, stoppingRuleOf } from "./block-count.ts";
export type { BlockCount } from "./block-count.ts";
export { bandsByMetric } from "./equivalence.ts";
export { loadSuite } from "./load-suite.ts";
export type { Scenario, Suite } from "./suite.ts";
