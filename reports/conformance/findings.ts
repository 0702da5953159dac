/** What a person wants to know of many rows: each deviation once, with all the versions that have it, the grave ones first. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceReport, ConformanceRow } from "../../results/verdicts.ts";

export interface Finding {
  /** The row of the first version. */
  readonly row: ConformanceRow;
  readonly versions: readonly string[];
}

export interface FindingGroup {
  readonly title: string;
  readonly findings: readonly Finding[];
}

const GROUPS: readonly (readonly [title: string, has: (row: ConformanceRow) => boolean])[] = [
  [
    "MUST and derived clauses that fail: they decide the verdict",
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && (level === "MUST" || level === "derived"),
  ],
  [
    "SHOULD clauses that fail",
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && level === "SHOULD",
  ],
  [
    "Beyond the specification",
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && (level === "beyond" || level === "MAY"),
  ],
  ["Known deviations: they count as failures", ({ status }) => status === "known"],
  [
    "Shared by every plugin on the Go skeleton library",
    ({ status, goSkeleton }) => status === "fail" && goSkeleton === true,
  ],
];

/** Failures and known deviations of a report; groups without any are left out. */
export function findingGroups({ conformance }: Pick<ConformanceReport, "conformance">): FindingGroup[] {
  const groups = GROUPS.map(([title, matches]) => ({ title, findings: findingsOf(conformance.filter(matches)) }));
  return groups.filter(({ findings }) => findings.length > 0);
}

function findingsOf(rows: readonly ConformanceRow[]): Finding[] {
  const groups = groupBy(rows, ({ plugin, clause, level }) => JSON.stringify([plugin, clause, level]));
  return [...groups.values()].flatMap((group) => {
    const [row] = group;
    return row === undefined ? [] : [{ row, versions: group.map(({ specVersion }) => specVersion) }];
  });
}

/** Clauses that were not tested, by reason. */
export function skipsOf(
  rows: readonly ConformanceRow[],
): { readonly plugin: string; readonly reason: string; readonly clauses: readonly string[] }[] {
  const groups = groupBy(
    rows.filter(({ status }) => status === "skip"),
    ({ plugin, message }) => JSON.stringify([plugin, message]),
  );
  return [...groups.values()].map((group) => {
    const { plugin = "", message = "" } = group[0] ?? {};
    return { plugin, reason: message, clauses: [...new Set(group.map(({ clause }) => clause))] };
  });
}
