/** Decides what to do about the directory of a run, which an earlier part of the campaign may have left. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { loadStored, RUN_FILE, type RunFile } from "../../results/index.ts";

/** `repeat`: start again without the files, because nothing of a directory without run.json can be used. */
export type NextStep = "start" | "repeat" | "resume" | "keep";

/** The directory, or its run.json. */
export type StoredState = "missing" | "no run" | Pick<RunFile, "plan" | "outcome">;

/** Reads the state of a directory. @throws UsageError if run.json or the results are damaged */
export async function readState(dir: string): Promise<StoredState> {
  if (!existsSync(dir)) return "missing";
  return existsSync(join(dir, RUN_FILE)) ? (await loadStored(dir)).run : "no run";
}

/**
 * Decides the next step. A failed run is resumed: it lacks the results of the deployment that failed.
 * @param planned the plan of a new run
 * @throws UsageError if the stored run measures something else
 */
export function nextStep(dir: string, stored: StoredState, planned: RunFile["plan"]): NextStep {
  if (stored === "missing") return "start";
  if (stored === "no run") return "repeat";
  if (measuredFacts(stored.plan) !== measuredFacts(planned))
    throw new UsageError(`${dir} measures other blocks or cells; choose another --out`);
  return stored.outcome === "complete" ? "keep" : "resume";
}

function measuredFacts({ blocks, headlines = [], cells }: RunFile["plan"]): string {
  return JSON.stringify([blocks, headlines, cells.map(({ id }) => id)]);
}
