/** The exact commands of a stored run, for reports that let a reader repeat a number by hand. */
import { open, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { ResultRecord } from "./record.ts";

export interface StoredCommand {
  /** Cell id without its metric. */
  readonly scenario: string;
  /** `client`, `server` ... */
  readonly role: string;
  readonly command: string;
}

const MAX_ROLES = 20;
const MAX_COMMAND_BYTES = 64 * 1024;

/** One repetition stands for all of its scenario, plugin and path: they differ in addresses only. */
export async function loadCommands(dir: string, records: readonly ResultRecord[]): Promise<StoredCommand[]> {
  const first = new Map<string, string>();
  for (const { raw } of records) {
    if (raw !== null && !first.has(dirname(raw))) first.set(dirname(raw), raw);
  }
  const found: StoredCommand[] = [];
  for (const [scenario, raw] of first) {
    for (const { role, command } of await commandsOf(dir, raw))
      found.push({ scenario: scenario.slice("raw/".length), role, command });
  }
  return found;
}

/** Raw folders may have been deleted to save space: then there is nothing to show. */
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

/** A link in a foreign folder must not bring a file of the reader into a report that is then passed on. */
async function readInside(dir: string, file: string): Promise<string | null> {
  const root = await realpath(dir);
  const real = await realpath(join(dir, file)).catch(() => null);
  if (real === null || !real.startsWith(root + sep) || !(await stat(real)).isFile()) return null;
  await using handle = await open(real, "r");
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_COMMAND_BYTES), 0, MAX_COMMAND_BYTES, 0);
  return buffer.toString("utf8", 0, bytesRead);
}
