/** Groups conformance rows for readers: each deviation once, with all affected versions, the most severe first. */
import { groupBy } from "../../core/group.ts";
import { type ConformanceRow, failsRequirement } from "../../results/index.ts";

export interface Finding {
  /** Row of the first affected version. */
  readonly row: ConformanceRow;
  readonly versions: readonly string[];
}

export interface FindingGroup {
  readonly title: string;
  readonly findings: readonly Finding[];
}

const GROUPS: readonly (readonly [title: string, has: (row: ConformanceRow) => boolean])[] = [
  ["Failed MUST and derived clauses, which decide the verdict", (row) => failsRequirement(row) && !row.goSkeleton],
  ["Failed SHOULD clauses", ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && level === "SHOULD"],
  [
    "Failed clauses beyond the specification",
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && (level === "beyond" || level === "MAY"),
  ],
  ["Known deviations, which count as failures", ({ status }) => status === "known"],
  [
    "Deviations shared by every plugin that uses the Go skeleton library",
    ({ status, goSkeleton }) => status === "fail" && goSkeleton === true,
  ],
];

/** Returns the failures and known deviations, without empty groups. */
export function findingGroups(rows: readonly ConformanceRow[]): FindingGroup[] {
  const groups = GROUPS.map(([title, matches]) => ({ title, findings: findingsOf(rows.filter(matches)) }));
  return groups.filter(({ findings }) => findings.length > 0);
}

function findingsOf(rows: readonly ConformanceRow[]): Finding[] {
  const groups = groupBy(rows, ({ plugin, clause, level }) => JSON.stringify([plugin, clause, level]));
  return [...groups.values()].flatMap((group) => {
    const [row] = group;
    return row === undefined ? [] : [{ row, versions: group.map(({ specVersion }) => specVersion) }];
  });
}

/** Returns the skipped clauses, grouped by plugin and reason. */
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
