/** The csv report: tidy data with one row per stored repetition (RFC 4180, line endings CR LF). */
import { printable } from "../core/errors.ts";
import { type PlannedCell, RecordList, sessionOf } from "../results/index.ts";
import type { Report, ReportInput } from "./report.ts";

const COLUMNS = [
  "run",
  "suite",
  "scenario",
  "plugin",
  "cluster",
  "path",
  "metric",
  "unit",
  "block",
  "rep",
  "sitting",
  "value",
  "error",
];

export const csv: Report = {
  name: "csv",
  extension: "csv",
  render: (runs) =>
    Promise.resolve([COLUMNS, ...runs.flatMap(rowsOf)].map((row) => `${row.map(quoteField).join(",")}\r\n`).join("")),
};

type FieldValue = string | number;

/** Rows in plan order. A cell without repetitions gets one row without a block, so that gaps are explicit. */
function rowsOf({ run, records, summary }: ReportInput): FieldValue[][] {
  const list = RecordList.of(records);
  const reasons = new Map(
    summary.cells.map(({ id, error, reason }) => [id, error ?? (reason === undefined ? "" : `skipped: ${reason}`)]),
  );
  return run.plan.cells.flatMap((cell) => {
    const stored = list.repetitionsOf(cell.id);
    if (stored.length === 0) return [[...keyFields(run.id, cell), "", "", "", "", reasons.get(cell.id) ?? ""]];
    return stored.map((repetition) => [
      ...keyFields(run.id, cell),
      repetition.block,
      repetition.rep,
      sessionOf(repetition),
      repetition.value ?? "",
      repetition.error ?? "",
    ]);
  });
}

function keyFields(run: string, { suite, scenario, plugin, cluster, path, metric, unit }: PlannedCell): string[] {
  return [run, suite, scenario, plugin, cluster, path, metric, unit];
}

/** Prefixes strings that a spreadsheet would run as a formula with an apostrophe. Numbers stay unchanged. */
function quoteField(value: FieldValue): string {
  if (typeof value === "number") return String(value);
  const safe = printable(value);
  const guarded = /^[=+\-@\t\r]/.test(safe) ? `'${safe}` : safe;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
