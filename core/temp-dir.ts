/**
 * Temporary directories. Their names contain the process that owns them, so that `cnibench clean` finds those of killed
 * processes.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "./errors.ts";
import type { Host } from "./host.ts";
import { isAlive, ownerOf, ownerTag } from "./process-identity.ts";

/**
 * The names of directories: with the birth of the owner, and those of older versions. Whatever else the user keeps here
 * is left alone. The last part is that of `mkdtemp`, or of a kind cluster.
 */
const DIR_NAME =
  /^cnibench-(?:[\w-]+-p\d+-[0-9a-f]{8}-(?:\w{6}|[0-9a-f]{4})|(?:(?:logs|images|kubeconfig)-p|vm-)\d+-\w{6})$/;

/** Creates a private directory. @param purpose a word that becomes part of the name. @returns its path */
export function makeTempDir({ tempDir }: Pick<Host, "tempDir">, purpose: string): string {
  return mkdtempSync(join(tempDir, `cnibench-${purpose}-${ownerTag()}-`));
}

/**
 * Removes the directories of this user whose owner no longer runs.
 * @returns one message for each directory that was removed, or that could not be
 */
export function removeStaleTempDirs({ tempDir }: Pick<Host, "tempDir">): readonly string[] {
  return readdirSync(tempDir).flatMap((name) => {
    const owner = DIR_NAME.test(name) ? ownerOf(name) : null;
    const dir = join(tempDir, name);
    if (owner === null || isAlive(owner) || !isOwnDirectory(dir)) return [];
    try {
      rmSync(dir, { recursive: true, force: true });
      return [`${dir} removed`];
    } catch (error) {
      return [`${dir} not removed: ${messageOf(error)}`];
    }
  });
}

/** Reports whether this user owns the directory and no other user may enter it: cnibench creates private ones. */
function isOwnDirectory(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}
