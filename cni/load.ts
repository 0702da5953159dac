/** Loads network configurations from a directory, with the same precedence and merging of files as libcni. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { UsageError, messageOf, printable } from "../core/errors.ts";
import { isDirectory } from "../core/paths.ts";
import { finishDraft, parseDraft, parsePluginConfig, type Draft } from "./conf.ts";
import type { NetworkConfigList } from "./types.ts";

/** Larger files are rejected without being read. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Loads one file. Unless `loadOnlyInlinedPlugins` is true, the plugins of `<directory>/<name>/*.conf` are appended in
 * alphabetical order.
 * @throws UsageError, UsageErrors
 */
export function loadNetworkConfig(file: string): NetworkConfigList {
  return finishDraft(withPluginFiles(parseDraft(readText(file), file), file), file);
}

/**
 * Loads the configuration of a network from a directory: the first matching `.conflist`, else the first `.conf` or
 * `.json`.
 * @throws UsageError if there is none; UsageErrors for the first invalid file in that order
 */
export function findNetworkConfig(dir: string, name: string): NetworkConfigList {
  for (const extensions of [[".conflist"], [".conf", ".json"]]) {
    for (const file of filesIn(dir, extensions)) {
      const draft = parseDraft(readText(file), file);
      if (draft.name === name) return finishDraft(withPluginFiles(draft, file), file);
    }
  }
  throw new UsageError(
    `no configuration of network "${printable(name)}" in ${printable(dir)}; add a .conflist with this "name"`,
  );
}

function withPluginFiles(draft: Draft, file: string): Draft {
  if (draft.loadOnlyInlinedPlugins) return draft;
  const dir = join(dirname(file), draft.name);
  const found = (isDirectory(dir) ? filesIn(dir, [".conf"]) : []).map((path) =>
    parsePluginConfig(readText(path), path),
  );
  return {
    ...draft,
    plugins: [...draft.plugins, ...found.map(({ plugin }) => plugin)],
    warnings: [...draft.warnings, ...found.flatMap(({ warnings }) => warnings)],
  };
}

function filesIn(dir: string, extensions: readonly string[]): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && extensions.includes(extname(entry.name)));
    return files.map((entry) => join(dir, entry.name)).sort();
  } catch (error) {
    throw new UsageError(
      `cannot read ${printable(dir)} (${messageOf(error)}); expected a directory with network configurations`,
    );
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${printable(file)} (${messageOf(error)}); expected a network configuration`);
  }
}
