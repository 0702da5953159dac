/** Recomputes the decisions of stopping rules from the stored values. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "../../core/errors.ts";
import { type LoadedRun, replayStopping, RUN_FILE } from "../../results/index.ts";

/**
 * Compares the stored decisions with those that follow from the values.
 * @returns number of decisions
 * @throws UsageError that names the first difference
 */
export function verifyStopping(dir: string, { run, records }: Pick<LoadedRun, "run" | "records">): number {
  const { stopping = [], outcome } = run;
  const replayed = replayStopping(run, records);
  // An interrupted run may have stored values after its last decision.
  const count = outcome === "complete" ? Math.max(stopping.length, replayed.length) : stopping.length;
  for (let index = 0; index < count; index++) {
    const [stored, recomputed] = [stopping[index], replayed[index]];
    if (isDeepStrictEqual(stored, recomputed)) continue;
    const [first, second] = [stored, recomputed].map((one) => (one === undefined ? "missing" : JSON.stringify(one)));
    throw new UsageError(
      `${join(dir, RUN_FILE)}: stopping decision ${index + 1} is ${first}, but ${second} if recomputed`,
    );
  }
  return count;
}
