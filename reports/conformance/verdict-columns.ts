/** The columns of the verdict table: one row per plugin and version of the specification. */
import type { VersionVerdict } from "../../results/index.ts";

export interface VerdictColumn {
  /** Title in a document. */
  readonly title: string;
  /** Title in a terminal. */
  readonly terminalTitle: string;
  readonly kind: "plugin" | "version" | "verdict" | "count";
  readonly value: (verdict: VersionVerdict) => string | number;
}

export const VERDICT_COLUMNS: readonly VerdictColumn[] = [
  { title: "Plugin", terminalTitle: "plugin", kind: "plugin", value: ({ plugin }) => plugin },
  { title: "CNI version", terminalTitle: "spec", kind: "version", value: ({ specVersion }) => specVersion },
  { title: "Verdict", terminalTitle: "verdict", kind: "verdict", value: ({ verdict }) => verdict },
  {
    title: "Verdict without Go skeleton",
    terminalTitle: "without Go skeleton",
    kind: "verdict",
    value: ({ withoutGoSkeleton }) => withoutGoSkeleton,
  },
  { title: "Passed", terminalTitle: "passed", kind: "count", value: ({ passed }) => passed },
  { title: "MUST/derived failed", terminalTitle: "failed", kind: "count", value: ({ failed }) => failed },
  { title: "SHOULD failed", terminalTitle: "SHOULD failed", kind: "count", value: ({ failedShould }) => failedShould },
  {
    title: "Beyond spec failed",
    terminalTitle: "beyond failed",
    kind: "count",
    value: ({ failedBeyond }) => failedBeyond,
  },
  { title: "Known", terminalTitle: "known", kind: "count", value: ({ known }) => known },
  { title: "Skipped", terminalTitle: "skipped", kind: "count", value: ({ skipped }) => skipped },
];

/** Columns for the core clauses that a run checks: too few for a verdict on the plugin. */
export const COUNT_COLUMNS: readonly VerdictColumn[] = VERDICT_COLUMNS.filter(({ kind }) => kind !== "verdict");
