/** Files on this machine that a plugin may use, although no configuration names them as plugins. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JsonValue, NetworkConfigList } from "../../cni/index.ts";
import { isList, isObject } from "../../cni/index.ts";
import { isExecutable } from "../../tools/index.ts";

/** A plugin binary on this machine. */
export interface PluginBinary {
  readonly type: string;
  readonly file: string;
}

/** A directory with more executable files is not one of plugins, such as /usr/bin. */
const MAX_EXECUTABLES = 100;

/** Returns the executable files of the directories; of files with the same name, the first. */
export function executablesIn(dirs: readonly string[]): readonly PluginBinary[] {
  const found = new Map<string, string>();
  for (const dir of dirs) {
    const executables = namesIn(dir).filter((name) => isExecutable(join(dir, name)));
    if (executables.length > MAX_EXECUTABLES) continue;
    for (const name of executables) if (!found.has(name)) found.set(name, join(dir, name));
  }
  return [...found].map(([type, file]) => ({ type, file }));
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** Directories of which a test node has its own. */
const PRIVATE_DIR = /^\/(tmp|run|opt|srv|var\/lib|var\/log|var\/tmp)\//;

/** Returns the files in directories of which a test node has its own, whose paths the configurations contain. */
export function configuredFiles(lists: readonly NetworkConfigList[]): readonly string[] {
  const texts = lists.flatMap(({ plugins }) => plugins.flatMap(({ raw }) => stringsIn(raw)));
  return [...new Set(texts)].filter((text) => PRIVATE_DIR.test(text) && isFile(text));
}

function stringsIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (value !== undefined && isList(value)) return value.flatMap(stringsIn);
  return value !== undefined && isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
