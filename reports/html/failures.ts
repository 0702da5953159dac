/** What was not measured, and what makes one wonder about what was: failures, skips and warnings in full. */
import { metricLabel } from "../format.ts";
import type { Summary, SummaryCell } from "../../results/summary.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { scrollable } from "./table.ts";

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
  return html`<section id="${prefix}doubts">
    <h2>Failures, skips and warnings</h2>
    ${groupTable("Failed", "Error", failed, "No cell failed.")}
    ${groupTable("Skipped", "Reason", skipped, "No cell was skipped.")}
    ${groupTable("Warnings", "Warning", warnings, "No cell has a warning.")}
  </section>`;
}

interface CellGroup {
  readonly what: string;
  readonly why: string;
}

/** All metrics of a scenario usually share one reason: one row for them. */
function groupByReason<T extends SummaryCell | { readonly cell: SummaryCell }>(
  items: readonly T[],
  whyOf: (item: T) => string,
): CellGroup[] {
  const groups = new Map<string, { where: string; why: string; metrics: string[] }>();
  for (const item of items) {
    const { plugin, scenario, path, metric } = "cell" in item ? item.cell : item;
    const [where, why] = [`${plugin}, ${scenario}, ${path}`, whyOf(item)];
    const key = JSON.stringify([where, why]);
    const group = groups.get(key) ?? { where, why, metrics: [] };
    group.metrics.push(metricLabel(metric));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ where, why, metrics }) => ({ what: `${where}: ${metrics.join("; ")}`, why }));
}

function groupTable(title: string, column: string, groups: readonly CellGroup[], none: string): Html {
  if (groups.length === 0)
    return html`<h3>${title}</h3>
      <p class="muted">${none}</p>`;
  const rows = groups.map(
    ({ what, why }) =>
      html`<tr>
        <th scope="row">${what}</th>
        <td class="why">${why}</td>
      </tr>`,
  );
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">Cells</th>
        <th scope="col">${column}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`<h3>${title}</h3>
    ${scrollable(title, table)}`;
}
