/** The table of skipped clauses with their reasons. */
import type { ConformanceRow } from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { headedTable } from "../html/table.ts";
import { skipsOf } from "./findings.ts";

export function skippedTable(conformance: readonly ConformanceRow[]): Html {
  const skips = skipsOf(conformance);
  if (skips.length === 0) return html`<p class="muted">All applicable clauses were tested.</p>`;
  const rows = skips.map(
    ({ plugin, reason, open, clauses, versions }) =>
      html`<tr>
        <th scope="row">${plugin}</th>
        <td>${open ? "open" : "unaffected"}</td>
        <td class="why">${reason}</td>
        <td class="why">${clauses.join(", ")}</td>
        <td>${versions.join(", ")}</td>
      </tr>`,
  );
  const head = ["Plugin", "Verdict", "Reason", "Clauses", "CNI versions"];
  return headedTable(
    "Clauses not tested",
    head,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}
