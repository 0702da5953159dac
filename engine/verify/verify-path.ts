/** Verifies what the user names: a run directory, or a report. */
import { isDirectory } from "../../core/paths.ts";
import { messageOf, UsageError } from "../../core/errors.ts";
import { loadRun } from "../../results/index.ts";
import { type RunSource, verifyPage } from "./verify-page.ts";
import type { Verified } from "./verified.ts";
import { verifyRun } from "./verify-run.ts";

/** The result of one directory or report. */
export interface VerifiedPath extends Verified {
  readonly path: string;
}

/**
 * Verifies a run directory, or an html report with the directories of its runs, if they are named.
 * @throws UsageError that names the first difference, with file and line
 */
export async function verifyPath(path: string, dirs: readonly string[]): Promise<VerifiedPath[]> {
  if (isExistingDirectory(path)) {
    if (dirs.length > 0) throw new UsageError(`${path} is a directory; name a report before other directories`);
    return [{ path, ...(await verifyRun(path)) }];
  }
  const verified: VerifiedPath[] = [];
  const sources: RunSource[] = [];
  for (const dir of dirs) {
    verified.push({ path: dir, ...(await verifyRun(dir)) });
    sources.push({ dir, loaded: await loadRun(dir) });
  }
  return [...verified, { path, ...(await verifyPage(path, sources)) }];
}

function isExistingDirectory(path: string): boolean {
  try {
    return isDirectory(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`);
  }
}
