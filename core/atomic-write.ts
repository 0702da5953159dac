/** Writes files that other processes read. */
import { renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Replaces a file in one step: a reader sees the old or the new content, even if this process is killed. Nothing is
 * synced to disk, so a power failure may lose the new content.
 * @param mode permissions of a new file
 * @throws the system error, without a change
 */
export function writeAtomically(file: string, content: string | Uint8Array, mode = 0o666): void {
  const draft = `${file}~${process.pid}`;
  try {
    writeFileSync(draft, content, { mode });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
