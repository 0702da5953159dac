/** Folds the checks of all blocks into one row per plugin, clause and specification version. */
import type { Warning } from "../core/warning-codes.ts";
import { groupBy } from "../core/group.ts";
import type { Check, RunFile } from "./record.ts";
import type { ConformanceRow } from "./clause-result.ts";

type Status = ConformanceRow["status"];

/** The worst status counts: one failure in ten blocks is a failure. */
const WORST_FIRST: readonly Status[] = ["fail", "known", "skip", "pass"];

/** Returns the rows in plan order, clauses in the order of their first check. */
export function foldChecks(
  { plan }: { readonly plan: Pick<RunFile["plan"], "checks"> },
  checks: readonly Check[],
): ConformanceRow[] {
  const seen = plan.checks.flatMap(({ id, plugin }): ConformanceRow[] =>
    checks.flatMap(({ cell, value }) => (cell !== id || value === undefined ? [] : [{ plugin, ...value }])),
  );
  const rows = groupBy(seen, ({ plugin, clause, specVersion }) => JSON.stringify([plugin, clause, specVersion]));
  return [...rows.values()].map(worstRow);
}

/** Returns the row with the worst status; its message states how many have it. @param seen at least one */
export function worstRow(seen: readonly ConformanceRow[]): ConformanceRow {
  const status = WORST_FIRST.find((candidate) => seen.some((check) => check.status === candidate)) as Status;
  const same = seen.filter((check) => check.status === status);
  // A deviation or a skip that counts must not be hidden by one that does not.
  const counts = ({ goSkeleton, notApplicable }: ConformanceRow): boolean =>
    goSkeleton !== true && notApplicable !== true;
  const [row] = [...same.filter(counts), ...same] as [ConformanceRow];
  if (same.length === seen.length) return row;
  return { ...row, message: `${row.message} (in ${same.length} of ${seen.length} checks)` };
}

/** Returns warnings about checks without a verdict, because a silent gap could be mistaken for conformance. */
export function missingVerdictWarnings(run: RunFile, checks: readonly Check[]): Warning[] {
  return run.plan.checks.flatMap(({ id, skip }): readonly Warning[] => {
    const stored = checks.filter((check) => check.cell === id);
    const failed = stored.find((check) => check.error !== undefined);
    if (skip !== undefined) return [{ code: "checks-skipped", message: `${id} was skipped: ${skip}`, check: id }];
    const reason = failed?.error ?? (stored.length === 0 ? "no results" : null);
    return reason === null ? [] : [{ code: "checks-failed", message: `${id} gave no verdict: ${reason}`, check: id }];
  });
}
