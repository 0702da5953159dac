/**
 * Temporary directories whose names contain the process that owns them, so that stale ones can be found and
 * removed.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "./host.ts";

/** Creates a private directory. @param purpose a word that becomes part of the name. @returns its path */
export function makeTempDir({ tempDir }: Host, purpose: string): Promise<string> {
  return mkdtemp(join(tempDir, `cnibench-${purpose}-p${process.pid}-`));
}

/** Removes the directories of this user whose owning process no longer exists. @returns their paths */
export async function removeStaleTempDirs({ tempDir }: Host, purpose: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const name of await readdir(tempDir)) {
    const pid = tempDirOwnerPid(purpose, name);
    if (pid === null || existsSync(`/proc/${pid}`)) continue;
    const dir = join(tempDir, name);
    const owner = await stat(dir).then(
      ({ uid }) => uid,
      () => null,
    );
    if (owner === process.getuid?.()) stale.push(dir);
  }
  for (const dir of stale) await rm(dir, { recursive: true, force: true });
  return stale;
}

/** Returns the process that owns a directory, or null if the name is not one for this purpose. Pure. */
export function tempDirOwnerPid(purpose: string, name: string): number | null {
  const pid = new RegExp(`^cnibench-${purpose}-p(\\d{1,10})-\\w{6}$`).exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
