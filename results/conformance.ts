/** From the checks of all blocks to one row per plugin, clause and specification version. */
import type { Warning } from "../core/model.ts";
import type { Check, RunFile } from "./record.ts";
import type { SummaryCheck } from "./summary.ts";

type Status = SummaryCheck["status"];

/** One failure in ten blocks is a failure: the worst status stands. */
const WORST_FIRST: readonly Status[] = ["fail", "known", "skip", "pass"];

/** Rows in plan order, clauses in the order they were first checked. */
export function foldChecks(run: RunFile, checks: readonly Check[]): SummaryCheck[] {
  const rows = new Map<string, SummaryCheck[]>();
  for (const { id, plugin } of run.plan.checks) {
    for (const check of checks) {
      if (check.cell !== id || check.value === undefined) continue;
      const key = JSON.stringify([plugin, check.value.clause, check.value.specVersion]);
      rows.set(key, [...(rows.get(key) ?? []), { plugin, ...check.value }]);
    }
  }
  return [...rows.values()].map(worstOf);
}

function worstOf(seen: readonly SummaryCheck[]): SummaryCheck {
  const status = WORST_FIRST.find((candidate) => seen.some((check) => check.status === candidate)) as Status;
  const same = seen.filter((check) => check.status === status);
  const row = same[0] as SummaryCheck;
  if (same.length === seen.length) return row;
  return { ...row, message: `${row.message} (in ${same.length} of ${seen.length} checks)` };
}

/** Checks that gave no verdict at all: told as warnings of the run, for a silent gap would read as conformance. */
export function missingVerdictWarnings(run: RunFile, checks: readonly Check[]): Warning[] {
  return run.plan.checks.flatMap(({ id, skip }) => {
    const stored = checks.filter((check) => check.cell === id);
    const failed = stored.find((check) => check.error !== undefined);
    if (skip !== undefined) return [{ code: "checks-skipped", message: `${id} was skipped: ${skip}`, check: id }];
    const reason = failed?.error ?? (stored.length === 0 ? "nothing is stored of it" : null);
    return reason === null ? [] : [{ code: "checks-failed", message: `${id} gave no verdict: ${reason}`, check: id }];
  });
}
