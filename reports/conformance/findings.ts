/** Groups conformance rows for readers: each deviation once, with all affected versions, the most severe first. */
import { groupBy } from "../../core/group.ts";
import type { Text } from "../language/text.ts";
import { type ConformanceRow, failsRequirement, leavesVerdictOpen } from "../../results/index.ts";

export interface Finding {
  /** Row of the first affected version. */
  readonly row: ConformanceRow;
  readonly versions: readonly string[];
}

interface FindingGroup {
  readonly title: Text;
  readonly findings: readonly Finding[];
}

const GROUPS: readonly (readonly [title: Text, has: (row: ConformanceRow) => boolean])[] = [
  [
    { en: "Failed MUST and derived clauses, which decide the verdict", zh: "未通过的 MUST 与衍生条款，它们决定结论" },
    (row) => failsRequirement(row) && !row.goSkeleton,
  ],
  [
    { en: "Failed SHOULD clauses", zh: "未通过的 SHOULD 条款" },
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && level === "SHOULD",
  ],
  [
    { en: "Failed clauses beyond the specification", zh: "未通过的超出规范的条款" },
    ({ status, level, goSkeleton }) => status === "fail" && !goSkeleton && (level === "beyond" || level === "MAY"),
  ],
  [{ en: "Known deviations, which count as failures", zh: "已知偏差，计为未通过" }, ({ status }) => status === "known"],
  [
    {
      en: "Deviations shared by every plugin that uses the Go skeleton library",
      zh: "所有使用 Go 骨架库的插件共有的偏差",
    },
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

/** Skipped clauses of one plugin that share a reason. */
export interface SkipGroup {
  readonly plugin: string;
  readonly reason: string;
  /** Whether the verdict on the plugin stays open because of it. */
  readonly open: boolean;
  readonly clauses: readonly string[];
  readonly versions: readonly string[];
}

/** Titles of the lists of skips, by {@link SkipGroup.open}. */
export const OPEN_SKIPS = "MUST clauses that could not be tested";
export const OTHER_SKIPS = "Other skipped clauses";

/** Parts of a reason that differ between tests: MAC addresses, identifiers and numbers. */
const TEST_SPECIFIC = /([0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8,}|\d+/g;

/** Returns the skipped clauses by plugin and reason, those that leave the verdict open first. */
export function skipsOf(rows: readonly ConformanceRow[]): readonly SkipGroup[] {
  const groups = groupBy(
    rows.filter(({ status }) => status === "skip"),
    (row) => JSON.stringify([row.plugin, row.message.replace(TEST_SPECIFIC, "#"), leavesVerdictOpen(row)]),
  );
  const skips = [...groups.values()].flatMap((group): SkipGroup[] => {
    const [row] = group;
    if (row === undefined) return [];
    const unique = (key: "clause" | "specVersion"): string[] => [...new Set(group.map((each) => each[key]))];
    const [clauses, versions] = [unique("clause"), unique("specVersion")];
    return [{ plugin: row.plugin, reason: row.message, open: leavesVerdictOpen(row), clauses, versions }];
  });
  return [...skips.filter(({ open }) => open), ...skips.filter(({ open }) => !open)];
}
