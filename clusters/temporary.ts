/** Folders of this machine that one process needs for a while; what a killed one has left is found by their names. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param what kind of folder, a word. @returns its path; it is for its owner only */
export function makeTemporary(what: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `cnibench-${what}-p${process.pid}-`));
}

/** Removes those of this user whose processes are gone. @returns their paths */
export async function sweepTemporary(what: string): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await readdir(tmpdir())) {
    const pid = makerOf(what, name);
    if (pid === null || existsSync(`/proc/${pid}`)) continue;
    const folder = join(tmpdir(), name);
    const owner = await stat(folder).then(
      ({ uid }) => uid,
      () => null,
    );
    if (owner === process.getuid?.()) left.push(folder);
  }
  for (const folder of left) await rm(folder, { recursive: true, force: true });
  return left;
}

/** Pure. @returns the process that made the folder; null: it is none of these */
export function makerOf(what: string, name: string): number | null {
  const pid = new RegExp(`^cnibench-${what}-p(\\d{1,10})-\\w{6}$`).exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
