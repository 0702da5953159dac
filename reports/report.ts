/** The contract of a report format: a pure function from stored runs to text, so reports can be rendered later. */
import type { Language } from "./language/text.ts";
import { type LoadedRun, summarize, type Summary } from "../results/index.ts";

/** A stored run (repetitions, commands, environment) with its summary. */
export interface ReportInput extends LoadedRun {
  readonly summary: Summary;
}

export interface RenderOptions {
  /** The language in which a page opens; other formats are always in English. Default: en. */
  readonly language?: Language;
  /** Why other runs could not be read, which pages and Markdown state. Default: none. */
  readonly missing?: readonly string[];
  /** Columns of the terminal that shows a text. Default: no limit. */
  readonly width?: number;
}

export interface Report {
  readonly name: string;
  /** File name extension, without a dot. */
  readonly extension: string;
  /**
   * @param runs at least one; several are shown side by side, but never on one axis or in one ranking, because blocks
   * of different runs are not paired
   */
  readonly render: (runs: readonly ReportInput[], options?: RenderOptions) => Promise<string>;
}

/** Adds the summary to a loaded run. */
export function reportInput(loaded: LoadedRun): ReportInput {
  return { ...loaded, summary: summarize(loaded.run, loaded.records, loaded.loadWarnings) };
}
