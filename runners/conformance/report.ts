/** What a conformance run found: rows, and a verdict for each version of the specification. */
import type { CheckResult, Warning } from "../../core/model.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import type { SpecVersion } from "../../cni/version.ts";
import { levelAt, type Kind } from "./clause.ts";
import { isOfGoSkeleton } from "./go-skeleton.ts";
import type { KnownDeviation } from "./profile.ts";
import { reproduce } from "./reproduce.ts";
import type { Tested } from "./suite.ts";

export type ConformanceVerdict = "conformant" | "not conformant" | "not tested";

export interface ConformanceRow extends CheckResult {
  /** A command line to paste; only failures have these four. */
  readonly reproduce?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly evidence?: readonly string[];
  /** Shared by every plugin that is built on the Go skeleton. */
  readonly goSkeleton?: true;
  /** A skip that no verdict waits for. */
  readonly notApplicable?: true;
}

/** As `cnibench conformance --format json` prints it. */
export interface ConformanceReport {
  readonly schemaVersion: 1;
  readonly plugin: string;
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly specVersions: readonly SpecVersion[];
  readonly verdicts: Readonly<Partial<Record<SpecVersion, ConformanceVerdict>>>;
  /** The same without the deviations that all plugins on the Go skeleton share. */
  readonly verdictsWithoutGoSkeleton: Readonly<Partial<Record<SpecVersion, ConformanceVerdict>>>;
  readonly conformance: readonly ConformanceRow[];
  readonly warnings: readonly Warning[];
}

/** null for a test that went wrong itself: that is a warning, and no row. */
export function rowOf({ clause, verdict, calls }: Tested, list: NetworkConfigList, known: readonly KnownDeviation[]): ConformanceRow | null {
  const { cniVersion } = list;
  const base = { clause: clause.id, section: clause.section, level: levelAt(clause, cniVersion), specVersion: cniVersion };
  switch (verdict.status) {
    case "pass":
      return { ...base, status: "pass", message: clause.sentence };
    case "skip":
      return { ...base, status: "skip", message: verdict.reason, ...(!verdict.applicable && { notApplicable: true as const }) };
    case "error":
      return null;
    case "fail": {
      const { expected, got, evidence, call } = verdict;
      const told = call === null ? calls : calls.slice(0, calls.indexOf(call) + 1);
      const reason = known.find((deviation) => deviation.clause === clause.id && (deviation.versions.length === 0 || deviation.versions.includes(cniVersion)))?.reason;
      const message = `expected ${expected}; got ${got}${reason === undefined ? "" : ` (known: ${reason})`}`;
      const shared = isOfGoSkeleton(clause.id, cniVersion, got) ? { goSkeleton: true as const } : {};
      return { ...base, status: reason === undefined ? "fail" : "known", message, reproduce: reproduce(told), expected, got, evidence, ...shared };
    }
  }
}

/** A version is kept when no MUST and no derived clause fails; a known deviation is still one. */
export function verdictOf(rows: readonly ConformanceRow[], version: SpecVersion, withoutGoSkeleton: boolean): ConformanceVerdict {
  const judged = rows.filter(({ specVersion, level, goSkeleton }) => specVersion === version && (level === "MUST" || level === "derived") && !(withoutGoSkeleton && goSkeleton));
  if (judged.some(({ status }) => status === "fail" || status === "known")) return "not conformant";
  const open = judged.some(({ status, level, notApplicable }) => status === "skip" && level === "MUST" && !notApplicable);
  return open || judged.length === 0 ? "not tested" : "conformant";
}
