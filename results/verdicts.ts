/** What a conformance run found of plugins, and the verdicts that follow from it: pure data, for every format. */
import { groupBy } from "../core/group.ts";
import type { CheckResult, Warning } from "../core/model.ts";

export type ConformanceVerdict = "conformant" | "not conformant" | "not tested";

export interface ConformanceRow extends CheckResult {
  /** Whose it is: the plugin's, a member's of a chain, or the whole chain's. */
  readonly plugin: string;
  /** What the clause demands, in one sentence. */
  readonly sentence: string;
  /** Lines to paste into a shell; only failures have these four. */
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
  readonly kind: string;
  readonly kinds: readonly string[];
  readonly specVersions: readonly string[];
  readonly verdicts: Readonly<Record<string, ConformanceVerdict>>;
  /** The same without the deviations that all plugins on the Go skeleton share. */
  readonly verdictsWithoutGoSkeleton: Readonly<Record<string, ConformanceVerdict>>;
  readonly conformance: readonly ConformanceRow[];
  readonly warnings: readonly Warning[];
}

/** How one plugin stands to one version of the specification. */
export interface VersionVerdict {
  readonly plugin: string;
  readonly specVersion: string;
  readonly verdict: ConformanceVerdict;
  readonly withoutGoSkeleton: ConformanceVerdict;
  readonly passed: number;
  /** Failed MUST and derived clauses: those that decide. Known ones are counted apart. */
  readonly failed: number;
  readonly failedShould: number;
  /** Failed clauses that the specification does not ask for. */
  readonly failedBeyond: number;
  readonly known: number;
  readonly skipped: number;
}

/** Whether the verdict depends on it. */
export function isDecisive({ level }: Pick<CheckResult, "level">): boolean {
  return level === "MUST" || level === "derived";
}

/** A version is kept when no MUST and no derived clause fails; a known deviation is still one. */
export function verdictOf(
  rows: readonly ConformanceRow[],
  version: string,
  withoutGoSkeleton: boolean,
): ConformanceVerdict {
  const judged = rows.filter(
    (row) => row.specVersion === version && isDecisive(row) && !(withoutGoSkeleton && row.goSkeleton),
  );
  if (judged.some(({ status }) => status === "fail" || status === "known")) return "not conformant";
  const undecided = judged.some(
    ({ status, level, notApplicable }) => status === "skip" && level === "MUST" && !notApplicable,
  );
  return undecided || judged.length === 0 ? "not tested" : "conformant";
}

/** The verdict for each of the versions. */
export function verdictsOf(
  rows: readonly ConformanceRow[],
  versions: readonly string[],
  withoutGoSkeleton: boolean,
): Record<string, ConformanceVerdict> {
  return Object.fromEntries(versions.map((version) => [version, verdictOf(rows, version, withoutGoSkeleton)]));
}

/** A standing for every plugin and version of the rows, in their order. */
export function versionVerdicts(rows: readonly ConformanceRow[]): VersionVerdict[] {
  const groups = groupBy(rows, ({ plugin, specVersion }) => JSON.stringify([plugin, specVersion]));
  return [...groups.values()].map(versionVerdictOf);
}

function versionVerdictOf(rows: readonly ConformanceRow[]): VersionVerdict {
  const { plugin = "", specVersion = "" } = rows[0] ?? {};
  const count = (holds: (row: ConformanceRow) => boolean): number => rows.filter(holds).length;
  const failed = (level: CheckResult["level"]) => (row: ConformanceRow) => row.status === "fail" && row.level === level;
  return {
    plugin,
    specVersion,
    verdict: verdictOf(rows, specVersion, false),
    withoutGoSkeleton: verdictOf(rows, specVersion, true),
    passed: count(({ status }) => status === "pass"),
    failed: count((row) => row.status === "fail" && isDecisive(row)),
    failedShould: count(failed("SHOULD")),
    failedBeyond: count(failed("beyond")) + count(failed("MAY")),
    known: count(({ status }) => status === "known"),
    skipped: count(({ status }) => status === "skip"),
  };
}
