/** The facts about a run that a comparison lists. */
import type { LoadedRun } from "../load-run.ts";
import { RESULTS_FILE } from "../run-files.ts";
import type { ComparedRun } from "./run-comparison.ts";

export function comparedRun({ run, loadWarnings, digests }: LoadedRun): ComparedRun {
  const { id, startedAt, seed, outcome, versions } = run;
  const unfinished = {
    code: "unfinished",
    message: "the run is not complete; its cells have fewer blocks than planned",
  } as const;
  return {
    ...{ id, startedAt, seed, outcome },
    digest: digests?.[RESULTS_FILE] ?? null,
    cnibench: versions.cnibench,
    warnings: [...loadWarnings, ...(outcome === "complete" ? [] : [unfinished])],
  };
}
