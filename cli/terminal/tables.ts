/** Formats the summary of a run for the terminal. */
import { printableLine } from "../../core/errors.ts";
import { isShownIn } from "../../core/metrics.ts";
import { groupBy } from "../../core/group.ts";
import { columns, formatRatio, formatValue } from "../../reports/index.ts";
import type { Summary, SummaryCell } from "../../results/index.ts";

/** Formats the summary at the end of a run: the main numbers, the conformance results and the failures. */
export function summaryTable(summary: Summary): string {
  const cells = summary.cells.filter(({ metric, state }) => isShownIn("terminal", metric) && state === "measured");
  const failed = summary.cells.filter(({ state }) => state === "failed");
  const parts = [
    cells.length === 0
      ? ""
      : columns([["", "path", "plugin", "median", "95 % interval", "n", "of host"], ...cells.map(row)]),
    conformanceLines(summary),
    failed.length === 0 ? "" : `${failed.length} cells failed:\n${failureLines(failed)}`,
  ];
  return (
    parts
      .filter((part) => part !== "")
      .map((part) => `\n${part}`)
      .join("") + "\n"
  );
}

function row(cell: SummaryCell): string[] {
  const { scenario, metric, path, plugin, unit, median, ci95, n, baselineRatio } = cell;
  const interval =
    ci95 === null ? "too few blocks" : `${formatValue(ci95[0], unit, ci95)} .. ${formatValue(ci95[1], unit, ci95)}`;
  const ratio = baselineRatio === null ? "" : formatRatio(baselineRatio.median, baselineRatio.ci95);
  return [
    `${scenario} ${metric}`,
    path,
    plugin,
    median === null ? "" : formatValue(median, unit, ci95),
    interval,
    String(n),
    ratio,
  ];
}

function conformanceLines({ conformance }: Summary): string {
  const plugins = [...new Set(conformance.map(({ plugin }) => plugin))];
  const lines = plugins.map((plugin) => {
    const own = conformance.filter((check) => check.plugin === plugin);
    const failed = own.filter(({ status }) => status === "fail").map(({ clause, level }) => `${clause} (${level})`);
    const passed = own.filter(({ status }) => status === "pass").length;
    const failures = failed.length === 0 ? "none failed" : `${failed.length} failed: ${failed.join(", ")}`;
    return `conformance ${plugin}: ${passed} clauses passed, ${failures}\n`;
  });
  return lines.join("");
}

/** Returns one line per distinct error, since a broken plugin fails many cells for one reason. */
function failureLines(cells: readonly SummaryCell[]): string {
  return [...groupBy(cells, ({ error }) => error ?? "")]
    .map(
      ([error, same]) =>
        `  ${same[0]?.id ?? ""}${same.length > 1 ? ` and ${same.length - 1} more` : ""}: ${printableLine(error)}\n`,
    )
    .join("");
}
