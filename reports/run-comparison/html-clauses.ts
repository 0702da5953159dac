/** The changed clauses of a comparison, as tables with evidence and the commands that reproduce a failure. */
import type { ComparedClause, RunComparison } from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { levelLabel } from "../conformance/labels.ts";
import type { Text } from "../language/text.ts";
import { headedTable } from "../html/table.ts";
import { type ClauseGroup, clauseGroups, isBadGroup } from "./clause-groups.ts";
import { observationText, statusText } from "./clause-text.ts";

const COLUMNS: readonly Text[] = [
  { en: "Clause", zh: "条款" },
  { en: "Level", zh: "级别" },
  { en: "Status", zh: "状态" },
  { en: "Observation", zh: "观察结果" },
];
const PROOF: Text = { en: "Evidence and reproduction", zh: "证据与复现命令" };

/** Returns a table for each kind of change. */
export function clauseSections(comparison: RunComparison): Html[] {
  return clauseGroups(comparison).map(groupSection);
}

function groupSection(group: ClauseGroup): Html {
  const { title, clauses } = group;
  const rows = html`<tbody>
    ${clauses.map((clause) => clauseRow(clause, isBadGroup(group)))}
  </tbody>`;
  return html`<h2>${title} <small>${clauses.length}</small></h2>
    ${headedTable(title, COLUMNS, rows, "sortable")}`;
}

function clauseRow(clause: ComparedClause, isBad: boolean): Html {
  const status = statusText(clause);
  return html`<tr>
    <th scope="row"><bdi>${clause.id}</bdi></th>
    <td>${levelLabel(clause.level)}</td>
    <td>${isBad ? html`<span class="bad">${status}</span>` : status}</td>
    <td><bdi>${observationText(clause)}</bdi> ${proofOf(clause)}</td>
  </tr>`;
}

function proofOf({ evidence = [], reproduce }: ComparedClause): Html | null {
  if (evidence.length === 0 && reproduce === undefined) return null;
  return html`<details>
    <summary>${PROOF}</summary>
    ${evidence.length === 0 ? null : html`<pre>${evidence.join("\n")}</pre>`}
    ${reproduce === undefined ? null : html`<pre class="copy">${reproduce}</pre>`}
  </details>`;
}
