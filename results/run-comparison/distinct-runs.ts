/** Checks that the compared runs are independent measurements: a copy of a run is the same run. */
import { printable, UsageError } from "../../core/errors.ts";
import { sha256 } from "../digests.ts";
import type { LoadedRun } from "../load-run.ts";
import { RESULTS_FILE } from "../run-files.ts";

/** The part of a run that identifies it. */
type IdentifiedRun = Pick<LoadedRun, "run" | "digests">;

/**
 * Returns whether both sides are the same runs. A run is recognized by its ID and by its results, because a copy can
 * have another ID.
 * @param renamed plugins with other names in the head
 * @throws UsageError if a run is twice on one side, if only some runs are on both sides, or if runs with one ID have
 *   different results
 */
export function requireDistinctRuns(
  base: readonly LoadedRun[],
  head: readonly LoadedRun[],
  renamed: ReadonlyMap<string, string> = new Map(),
): boolean {
  const all = [...base, ...head];
  for (const [i, run] of all.entries()) all.slice(i + 1).forEach((other) => requireOneVersion(run, other));
  for (const side of [base, head]) requireDifferent(side);
  const common = base.filter((run) => head.some((other) => isSameRun(run, other)));
  if (common.length === 0) return false;
  if (common.length === base.length && common.length === head.length && renamed.size === 0) return true;
  throw new UsageError(`run ${printable(common[0]?.run.id ?? "")} is on both sides; name each run on one side`);
}

function requireDifferent(runs: readonly LoadedRun[]): void {
  runs.forEach((run, i) => {
    const copy = runs.slice(i + 1).find((other) => isSameRun(run, other));
    if (copy === undefined) return;
    const [id, other] = [printable(run.run.id), printable(copy.run.id)];
    const problem = id === other ? `run ${id} is given twice` : `runs ${id} and ${other} have the same results`;
    throw new UsageError(`${problem} on one side; name each run once`);
  });
}

/** @throws UsageError if two runs with one ID have different results: one was resumed or changed after the copy */
function requireOneVersion(a: LoadedRun, b: LoadedRun): void {
  if (a.run.id !== b.run.id || isSameRun(a, b)) return;
  throw new UsageError(
    `run ${printable(a.run.id)} has two different results here, so one copy was resumed or changed; ` +
      "name runs with different IDs",
  );
}

/** Runs that ended before their first result have the same empty file. */
const NO_RESULTS = sha256("");

/** Reports whether two runs have the same results or, if these are unknown or empty, the same ID. */
export function isSameRun(a: IdentifiedRun, b: IdentifiedRun): boolean {
  const [inA, inB] = [a, b].map(({ digests }) => digests?.[RESULTS_FILE] ?? null);
  return inA === null || inB === null || inA === NO_RESULTS ? a.run.id === b.run.id : inA === inB;
}
