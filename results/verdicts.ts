/** Derives conformance verdicts from the results of clauses. Pure; used by all report formats. */
import { groupBy } from "../core/group.ts";
import type { Warning } from "../core/warning-codes.ts";
import type { ClauseResult, ConformanceRow } from "./clause-result.ts";

/** `selection passed`: no selected clause fails, which says nothing about the plugin as a whole. */
export type ConformanceVerdict = "conformant" | "selection passed" | "not conformant" | "not tested";

/** The output of `cnibench conformance --format json`. */
export interface ConformanceReport {
  readonly schemaVersion: 1;
  readonly plugin: string;
  readonly kind: string;
  readonly kinds: readonly string[];
  /** Versions with at least one selected clause. */
  readonly specVersions: readonly string[];
  /** The selection of clauses by their ids, as passed to `--only`. Absent if all clauses were tested. */
  readonly only?: string;
  readonly verdicts: Readonly<Record<string, ConformanceVerdict>>;
  /** Verdicts without the deviations shared by all plugins built on the Go skeleton library. */
  readonly verdictsWithoutGoSkeleton: Readonly<Record<string, ConformanceVerdict>>;
  readonly conformance: readonly ConformanceRow[];
  readonly warnings: readonly Warning[];
}

/** The verdict of a plugin for one version of the specification, with the number of results. */
export interface VersionVerdict {
  readonly plugin: string;
  readonly specVersion: string;
  readonly verdict: ConformanceVerdict;
  readonly withoutGoSkeleton: ConformanceVerdict;
  readonly passed: number;
  /** Failed MUST and derived clauses, which determine the verdict. Known deviations are counted separately. */
  readonly failed: number;
  readonly failedShould: number;
  /** Failed clauses that the specification does not require. */
  readonly failedBeyond: number;
  readonly known: number;
  readonly skipped: number;
}

/** Reports whether a clause of this level determines the verdict. */
export function isDecisive({ level }: Pick<ClauseResult, "level">): boolean {
  return level === "MUST" || level === "derived";
}

/** Reports whether this is a failed MUST or derived clause: only these fail a build. */
export function failsRequirement(result: Pick<ClauseResult, "level" | "status">): boolean {
  return result.status === "fail" && isDecisive(result);
}

/** Reports whether this skip leaves the verdict open. */
export function leavesVerdictOpen({
  status,
  level,
  notApplicable,
}: Pick<ClauseResult, "status" | "level" | "notApplicable">): boolean {
  return status === "skip" && level === "MUST" && !notApplicable;
}

interface VerdictOptions {
  /** Ignore the deviations shared by all plugins built on the Go skeleton library. Default: false. */
  readonly withoutGoSkeleton?: boolean;
  /** The selection of clauses that the rows are limited to. Default: none, all clauses were tested. */
  readonly only?: string | undefined;
}

/** A plugin conforms to a version if no MUST and no derived clause fails. A known deviation counts as a failure. */
export function verdictOf(
  rows: readonly ConformanceRow[],
  version: string,
  { withoutGoSkeleton = false, only }: VerdictOptions = {},
): ConformanceVerdict {
  const tested = rows.filter(({ specVersion }) => specVersion === version);
  const judged = tested.filter((row) => isDecisive(row) && !(withoutGoSkeleton && row.goSkeleton));
  if (judged.some(({ status }) => status === "fail" || status === "known")) return "not conformant";
  if (tested.length === 0 || judged.some(leavesVerdictOpen)) return "not tested";
  if (only !== undefined) return "selection passed";
  return judged.length === 0 ? "not tested" : "conformant";
}

/** Returns the verdict for each version. */
export function verdictsOf(
  rows: readonly ConformanceRow[],
  versions: readonly string[],
  options: VerdictOptions,
): Record<string, ConformanceVerdict> {
  return Object.fromEntries(versions.map((version) => [version, verdictOf(rows, version, options)]));
}

/**
 * Returns the verdict and counts for every plugin and version in the rows, in their order.
 * @param only the selection of clauses that the rows are limited to
 */
export function versionVerdicts(rows: readonly ConformanceRow[], only?: string): VersionVerdict[] {
  const groups = groupBy(rows, ({ plugin, specVersion }) => JSON.stringify([plugin, specVersion]));
  return [...groups.values()].map((group) => versionVerdictOf(group, only));
}

function versionVerdictOf(rows: readonly ConformanceRow[], only: string | undefined): VersionVerdict {
  const { plugin = "", specVersion = "" } = rows[0] ?? {};
  const count = (holds: (row: ConformanceRow) => boolean): number => rows.filter(holds).length;
  const failed = (level: ClauseResult["level"]) => (row: ConformanceRow) =>
    row.status === "fail" && row.level === level;
  return {
    plugin,
    specVersion,
    verdict: verdictOf(rows, specVersion, { only }),
    withoutGoSkeleton: verdictOf(rows, specVersion, { only, withoutGoSkeleton: true }),
    passed: count(({ status }) => status === "pass"),
    failed: count(failsRequirement),
    failedShould: count(failed("SHOULD")),
    failedBeyond: count(failed("beyond")) + count(failed("MAY")),
    known: count(({ status }) => status === "known"),
    skipped: count(({ status }) => status === "skip"),
  };
}
