/** Loads the exact commands of a stored run, so that readers of a report can repeat a measurement by hand. */
import { open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { RecordList } from "./record-list.ts";

/** A command of a stored repetition. */
export interface StoredCommand {
  /** Cell ID without the metric. */
  readonly scenario: string;
  /** `client`, `server`, ... */
  readonly role: string;
  readonly command: string;
}

const MAX_ROLES = 20;
const MAX_COMMAND_BYTES = 64 * 1024;

/** Loads the commands of one repetition per scenario, plugin and path. The others differ only in addresses. */
export async function loadCommands(dir: string, records: RecordList): Promise<StoredCommand[]> {
  const first = new Map<string, string>();
  for (const raw of records.firstRawDirs()) {
    const scenario = raw.slice(0, raw.lastIndexOf("/"));
    if (!first.has(scenario)) first.set(scenario, raw);
  }
  const found: StoredCommand[] = [];
  for (const [scenario, raw] of first) {
    for (const { role, command } of await commandsOf(dir, raw))
      found.push({ scenario: scenario.slice("raw/".length), role, command });
  }
  return found;
}

/** Returns the commands in a raw directory, or an empty list if the directory was deleted to save space. */
async function commandsOf(dir: string, raw: string): Promise<{ role: string; command: string }[]> {
  const names = await readdir(join(dir, raw)).catch(() => []);
  const files = names
    .filter((name) => name.endsWith(".cmd"))
    .sort()
    .slice(0, MAX_ROLES);
  const commands = await Promise.all(files.map((name) => readInside(dir, join(raw, name))));
  return files.flatMap((name, index) => {
    const command = commands[index];
    return command == null ? [] : [{ role: name.slice(0, -".cmd".length), command: command.trimEnd() }];
  });
}

/** Reads a file in the run directory. Does not follow links that lead outside: a shared report must not expose them. */
async function readInside(dir: string, file: string): Promise<string | null> {
  const root = await realpath(dir);
  const real = await realpath(join(dir, file)).catch(() => null);
  if (real === null || !real.startsWith(root + sep) || !(await stat(real)).isFile()) return null;
  await using handle = await open(real, "r");
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_COMMAND_BYTES), 0, MAX_COMMAND_BYTES, 0);
  return buffer.toString("utf8", 0, bytesRead);
}
