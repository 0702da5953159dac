/** Tidy data: one row per stored sample, for spreadsheets and statistics programs (RFC 4180, line ends CR LF). */
import { printable } from "../core/errors.ts";
import { sessionOf } from "../results/blocks.ts";
import type { PlannedCell, Repetition } from "../results/record.ts";
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
  summary: "one row per sample, and per cell without any the reason; for spreadsheets and statistics",
  render: (runs) =>
    Promise.resolve([COLUMNS, ...runs.flatMap(rowsOf)].map((row) => `${row.map(quoteField).join(",")}\r\n`).join("")),
};

type FieldValue = string | number;

/** In the order of the plan. A cell without a sample has one row without block: a gap is told, never left out. */
function rowsOf({ run, records, summary }: ReportInput): FieldValue[][] {
  const samples = new Map<string, Repetition[]>();
  for (const record of records) {
    if (record.kind !== "repetition") continue;
    const repetitions = samples.get(record.cell);
    if (repetitions === undefined) samples.set(record.cell, [record]);
    else repetitions.push(record);
  }
  const reasons = new Map(
    summary.cells.map(({ id, error, reason }) => [id, error ?? (reason === undefined ? "" : `skipped: ${reason}`)]),
  );
  return run.plan.cells.flatMap((cell) => {
    const own = samples.get(cell.id) ?? [];
    if (own.length === 0) return [[...keyFields(run.id, cell), "", "", "", "", reasons.get(cell.id) ?? ""]];
    return own.map((sample) => [
      ...keyFields(run.id, cell),
      sample.block,
      sample.rep,
      sessionOf(sample),
      sample.value ?? "",
      sample.error ?? "",
    ]);
  });
}

function keyFields(run: string, { suite, scenario, plugin, cluster, path, metric, unit }: PlannedCell): string[] {
  return [run, suite, scenario, plugin, cluster, path, metric, unit];
}

/** Text that a spreadsheet would take for a formula gets an apostrophe; numbers are written as they are. */
function quoteField(value: FieldValue): string {
  if (typeof value === "number") return String(value);
  const safe = printable(value);
  const guarded = /^[=+\-@\t\r]/.test(safe) ? `'${safe}` : safe;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
