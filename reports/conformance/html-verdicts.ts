/** The verdict table: one row per plugin and version. */
import { versionVerdicts, type ConformanceRow, type ConformanceVerdict } from "../../results/verdicts.ts";
import { html, type Html } from "../html/markup.ts";
import { scrollable } from "../html/table.ts";
import { VERDICT_COLUMNS } from "./verdict-columns.ts";

const STATUS_CLASSES: Readonly<Record<ConformanceVerdict, string>> = {
  conformant: "pass",
  "not conformant": "fail",
  "not tested": "skip",
};

export function verdictTable(rows: readonly ConformanceRow[]): Html {
  const verdictCell = (verdict: ConformanceVerdict): Html =>
    html`<td><span class="status ${STATUS_CLASSES[verdict]}">${verdict}</span></td>`;
  const lines = versionVerdicts(rows).map((each) => {
    const counts = [each.passed, each.failed, each.failedShould, each.failedBeyond, each.known, each.skipped];
    return html`<tr>
      <th scope="row">${each.plugin}</th>
      <td>${each.specVersion}</td>
      ${verdictCell(each.verdict)}${verdictCell(each.withoutGoSkeleton)}
      ${counts.map((count) => html`<td class="number">${count}</td>`)}
    </tr>`;
  });
  const head = VERDICT_COLUMNS.map((name) => html`<th scope="col">${name}</th>`);
  return scrollable(
    "Verdicts",
    html`<table class="sortable">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>`,
  );
}
