/** Folders of this machine that one process needs for a while; what a killed one has left is found by their names. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param purpose kind of folder, a word. @returns its path; it is for its owner only */
export function makeTempDir(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `cnibench-${purpose}-p${process.pid}-`));
}

/** Removes those of this user whose processes are gone. @returns their paths */
export async function removeStaleTempDirs(purpose: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const name of await readdir(tmpdir())) {
    const pid = tempDirOwnerPid(purpose, name);
    if (pid === null || existsSync(`/proc/${pid}`)) continue;
    const dir = join(tmpdir(), name);
    const owner = await stat(dir).then(
      ({ uid }) => uid,
      () => null,
    );
    if (owner === process.getuid?.()) stale.push(dir);
  }
  for (const folder of stale) await rm(folder, { recursive: true, force: true });
  return stale;
}

/** Pure. @returns the process that made the folder; null: it is none of these */
export function tempDirOwnerPid(purpose: string, name: string): number | null {
  const pid = new RegExp(`^cnibench-${purpose}-p(\\d{1,10})-\\w{6}$`).exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
