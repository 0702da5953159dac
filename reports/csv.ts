/**
 * The csv report: tidy data with one row per stored repetition (RFC 4180, line endings CR LF). Warnings of runs are in
 * the other formats: they belong to no repetition.
 */
import { printable } from "../core/errors.ts";
import { RecordList } from "../results/index.ts";
import { cellRows, csvText, REPETITION_COLUMNS } from "./html/script/csv-text.js";
import type { Report, ReportInput } from "./report.ts";

export const csv: Report = {
  name: "csv",
  extension: "csv",
  render: async (runs) => csvText([REPETITION_COLUMNS, ...runs.flatMap(rowsOf)], printable),
};

/** Rows in plan order. A cell without repetitions gets one row without a block, so that gaps are explicit. */
function rowsOf({ run, records, summary }: ReportInput): (string | number)[][] {
  const list = RecordList.of(records);
  const reasons = new Map(
    summary.cells.map(({ id, error, reason }) => [id, error ?? (reason === undefined ? "" : `skipped: ${reason}`)]),
  );
  return run.plan.cells.flatMap((cell) =>
    cellRows(run.id, cell, list.repetitionsOf(cell.id), reasons.get(cell.id) ?? ""),
  );
}
