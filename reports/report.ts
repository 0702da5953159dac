/** The contract of a report format: text made of stored runs. Pure, so any report can be made later, offline. */
import type { LoadedRun } from "../results/load.ts";
import { summarize } from "../results/summarize.ts";
import type { Summary } from "../results/summary.ts";

/** A run with its numbers, and with what they were made of: repetitions, commands, environment. */
export interface ReportInput extends LoadedRun {
  readonly summary: Summary;
}

export interface Report {
  readonly name: string;
  /** Of the file, without dot. */
  readonly extension: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** @param runs at least one; runs are shown one after the other, never on one axis: their blocks are no pairs */
  readonly render: (runs: readonly ReportInput[]) => Promise<string>;
}

/** What every report is rendered from. */
export function reportInput(loaded: LoadedRun): ReportInput {
  return { ...loaded, summary: summarize(loaded.run, loaded.records, loaded.loadWarnings) };
}
