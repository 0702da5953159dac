/** The column of the heat table with the results of the core clauses of a plugin, with the versions that share them. */
import type { ConformanceRow } from "../../../results/index.ts";
import { type CoreClauses, coreClauses } from "../../first-screen/core-clauses.ts";
import { html, type Html } from "../markup.ts";

/** Returns the function that makes the cell of a plugin, or null if no plugin was tested. */
export function conformanceColumn(rows: readonly ConformanceRow[], prefix: string): ((plugin: string) => Html) | null {
  if (rows.length === 0) return null;
  const byPlugin = coreClauses(rows);
  return (plugin) => {
    const results = byPlugin.get(plugin);
    if (results === undefined) return html`<td class="muted">–</td>`;
    return html`<td>${results.map((result) => resultLine(result, prefix))}</td>`;
  };
}

function resultLine({ versions, counts, status }: CoreClauses, prefix: string): Html {
  const link = html`<a href="#${prefix}conformance">${versions.join(", ")}</a>`;
  return html`<div>
    <span class="status ${status}">${counts}</span>
    <small>${{ en: html`(core clauses, ${link})`, zh: html`（核心条款，${link}）` }}</small>
  </div>`;
}
