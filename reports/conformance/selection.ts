/** What a report says if only some clauses were selected. */
import type { ConformanceReport } from "../../results/index.ts";

/** A sentence about the selection; null if all clauses were tested. */
export function selectionNote({ only }: Pick<ConformanceReport, "only">): string | null {
  return only === undefined
    ? null
    : `Only the clauses that match "${only}" were tested; the plugin as a whole has no verdict.`;
}
