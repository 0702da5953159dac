/** The section with all failed and skipped cells and all warnings, each with its reason. */
import { groupBy } from "../../core/group.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Summary, SummaryCell } from "../../results/index.ts";
import { foldedSection } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { headedTable } from "./table.ts";

export function failuresSection({ cells }: Summary, prefix: string): Html {
  const failed = groupByReason(
    cells.filter(({ state }) => state === "failed"),
    (cell) => cell.error ?? "",
  );
  const skipped = groupByReason(
    cells.filter(({ state }) => state === "skipped"),
    (cell) => cell.reason ?? "",
  );
  const warned = cells.flatMap((cell) => cell.warnings.map(({ code, message }) => ({ cell, code, message })));
  const warnings = groupByReason(warned, ({ code, message }) => `${code}: ${message}`);
  return foldedSection(
    `${prefix}doubts`,
    { en: "Failures, skips and warnings", zh: "失败、跳过与警告" },
    html`
      ${groupTable("Failed", "Error", failed, "No cell failed.")}
      ${groupTable("Skipped", "Reason", skipped, "No cell was skipped.")}
      ${groupTable("Warnings", "Warning", warnings, "No cell has a warning.")}
    `,
  );
}

interface CellGroup {
  readonly cells: string;
  readonly reason: string;
}

/** Merges cells that share a reason into one row, because all metrics of a scenario usually do. */
function groupByReason<T extends SummaryCell | { readonly cell: SummaryCell }>(
  items: readonly T[],
  reasonOf: (item: T) => string,
): CellGroup[] {
  const entries = items.map((item) => {
    const { plugin, scenario, path, metric } = "cell" in item ? item.cell : item;
    return { location: `${plugin}, ${scenario}, ${path}`, reason: reasonOf(item), metric };
  });
  const groups = groupBy(entries, ({ location, reason }) => JSON.stringify([location, reason]));
  return [...groups.values()].map((same) => ({
    cells: `${same[0]?.location ?? ""}: ${same.map(({ metric }) => metricLabel(metric).en).join("; ")}`,
    reason: same[0]?.reason ?? "",
  }));
}

function groupTable(title: string, column: string, groups: readonly CellGroup[], none: string): Html {
  if (groups.length === 0)
    return html`<h3>${title}</h3>
      <p class="muted">${none}</p>`;
  const rows = groups.map(
    ({ cells, reason }) =>
      html`<tr>
        <th scope="row">${cells}</th>
        <td class="why">${reason}</td>
      </tr>`,
  );
  return html`<h3>${title}</h3>
    ${headedTable(
      title,
      ["Cells", column],
      html`<tbody>
        ${rows}
      </tbody>`,
    )}`;
}
