/** The verdict table: one row per plugin and version. */
import {
  type ConformanceRow,
  type ConformanceVerdict,
  type VersionVerdict,
  versionVerdicts,
} from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { headedTable } from "../html/table.ts";
import { VERDICT_LABELS } from "./labels.ts";
import { VERDICT_COLUMNS, type VerdictColumn } from "./verdict-columns.ts";

const STATUS_CLASSES: Readonly<Record<ConformanceVerdict, string>> = {
  conformant: "pass",
  "selection passed": "pass",
  "not conformant": "fail",
  "not tested": "skip",
};

/** @param only the selection of clauses that the rows are limited to */
export function verdictTable(rows: readonly ConformanceRow[], columns = VERDICT_COLUMNS, only?: string): Html {
  const lines = versionVerdicts(rows, only).map(
    (each) =>
      html`<tr>
        ${columns.map((column) => verdictCell(each, column))}
      </tr>`,
  );
  const head = columns.map(({ title }) => title);
  return headedTable(
    { en: "Verdicts", zh: "结论" },
    head,
    html`<tbody>
      ${lines}
    </tbody>`,
    "sortable",
  );
}

function verdictCell(verdict: VersionVerdict, { kind, value }: VerdictColumn): Html {
  const content = value(verdict);
  switch (kind) {
    case "plugin":
      return html`<th scope="row"><bdi>${content}</bdi></th>`;
    case "version":
      return html`<td>${content}</td>`;
    case "verdict":
      return verdictMark(content as ConformanceVerdict);
    case "count":
      return html`<td class="number">${content}</td>`;
  }
}

function verdictMark(verdict: ConformanceVerdict): Html {
  return html`<td><span class="status ${STATUS_CLASSES[verdict]}">${VERDICT_LABELS[verdict]}</span></td>`;
}
