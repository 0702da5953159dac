/** Network configurations of a folder, by libcni's rules of which file wins and which files are merged. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { UsageError, messageOf, printable } from "../core/errors.ts";
import { finishDraft, parseDraft, parsePluginConfig, type Draft } from "./conf.ts";
import type { NetworkConfigList } from "./types.ts";

/** A configuration larger than this is refused unread. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Loads one file. Unless `loadOnlyInlinedPlugins` is true, the plugins of `<folder>/<name>/*.conf` are appended in the
 * order of their names.
 * @throws UsageError, UsageErrors
 */
export function loadNetworkConfig(file: string): NetworkConfigList {
  return finishDraft(withPluginFiles(parseDraft(readText(file), file), file), file);
}

/**
 * The configuration of network `name` in a folder: the first `.conflist` with it, else the first `.conf` or `.json`.
 * @throws UsageError when there is none; UsageErrors for the first file in that order that cannot be read.
 */
export function findNetworkConfig(dir: string, name: string): NetworkConfigList {
  for (const extensions of [[".conflist"], [".conf", ".json"]]) {
    for (const file of filesIn(dir, extensions)) {
      const draft = parseDraft(readText(file), file);
      if (draft.name === name) return finishDraft(withPluginFiles(draft, file), file);
    }
  }
  throw new UsageError(
    `no configuration of network "${printable(name)}" in ${printable(dir)}; put a .conflist file with that name key there`,
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
      `the folder ${printable(dir)} cannot be read (${messageOf(error)}); give a folder with network configurations`,
    );
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `${printable(file)} cannot be read (${messageOf(error)}); give a readable network configuration`,
    );
  }
}
