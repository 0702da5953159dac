/** From tests to rows of a conformance report. */
import type { ConformanceRow } from "../../results/verdicts.ts";
import type { SpecVersion } from "../../cni/version.ts";
import { levelAt } from "./clause.ts";
import { isGoSkeletonDeviation } from "./go-skeleton.ts";
import type { KnownDeviation } from "./profile.ts";
import { reproduce, type PluginBinaries } from "./reproduce.ts";
import type { ClauseResult } from "./test-clause.ts";

/** Whose rows they are, and what is known of it. */
export interface RowContext {
  readonly plugin: string;
  readonly version: SpecVersion;
  readonly known: readonly KnownDeviation[];
  /** The plugins' files on this machine; null when the node is elsewhere. */
  readonly binaries: PluginBinaries | null;
}

/** null for a test that went wrong itself: that is a warning, and no row. */
export function toReportRow(
  { clause, verdict, steps }: ClauseResult,
  { plugin, version, known, binaries: programs }: RowContext,
): ConformanceRow | null {
  const { section, sentence } = clause;
  const base = { plugin, clause: clause.id, section, sentence, level: levelAt(clause, version), specVersion: version };
  switch (verdict.status) {
    case "pass":
      return { ...base, status: "pass", message: sentence };
    case "skip":
      return {
        ...base,
        status: "skip",
        message: verdict.reason,
        ...(!verdict.applicable && { notApplicable: true as const }),
      };
    case "error":
      return null;
    case "fail": {
      const { expected, got, evidence, call } = verdict;
      const reason = known.find(
        (deviation) =>
          deviation.clause === clause.id && (deviation.versions.length === 0 || deviation.versions.includes(version)),
      )?.reason;
      const message = `expected ${expected}; got ${got}${reason === undefined ? "" : ` (known: ${reason})`}`;
      const shared = isGoSkeletonDeviation(clause.id, version, got) ? { goSkeleton: true as const } : {};
      return {
        ...base,
        status: reason === undefined ? "fail" : "known",
        message,
        reproduce: reproduce(steps, call, programs),
        expected,
        got,
        evidence,
        ...shared,
      };
    }
  }
}
