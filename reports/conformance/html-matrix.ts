/** The clause matrix: one row per clause, with a permalink, and one column per plugin and version. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { scrollable } from "../html/table.ts";
import { joinItems, joinTexts, same, type Text } from "../language/text.ts";
import { levelLabel, STATUS_LABELS } from "./labels.ts";

interface Column {
  readonly plugin: string;
  readonly specVersion: string;
}

/** @param prefix of all element ids */
export function clauseMatrix(rows: readonly ConformanceRow[], prefix: string): Html {
  const columns = [...groupBy(rows, columnKey).values()].flatMap(([row]) => (row === undefined ? [] : [row]));
  const plugins = [...groupBy(columns, ({ plugin }) => plugin)];
  const clauses = [...groupBy(rows, ({ clause }) => clause).values()].map((same) => clauseRow(same, columns, prefix));
  const names = plugins.map(
    ([plugin, { length }]) => html`<th scope="colgroup" colspan="${length}"><bdi>${plugin}</bdi></th>`,
  );
  const versions = columns.map(({ specVersion }) => html`<th scope="col">${specVersion}</th>`);
  const matrix = scrollable(
    { en: "Clauses by plugin and version", zh: "按插件与版本列出的条款" },
    html`<table>
      <thead>
        <tr>
          <th scope="col" rowspan="2">${{ en: "Clause", zh: "条款" }}</th>
          <th scope="col" rowspan="2">${{ en: "Level", zh: "级别" }}</th>
          ${names}
        </tr>
        <tr>
          ${versions}
        </tr>
      </thead>
      <tbody>
        ${clauses}
      </tbody>
    </table>`,
  );
  if (columns.length < 2) return matrix;
  return html`<div class="matrix">
    <label class="differences"><input type="checkbox" /> ${DIFFERENCES}</label>
    ${matrix}
  </div>`;
}

const DIFFERENCES: Text = { en: "Only clauses with different results", zh: "仅显示结果不同的条款" };

function columnKey({ plugin, specVersion }: Column): string {
  return JSON.stringify([plugin, specVersion]);
}

function clauseRow(rows: readonly ConformanceRow[], columns: readonly Column[], prefix: string): Html {
  const { clause = "", sentence = "" } = rows[0] ?? {};
  const byColumn = new Map(rows.map((row) => [columnKey(row), row]));
  const levels = [...new Set(rows.map(({ level }) => level))];
  const statuses = [...new Set(rows.map(({ status }) => status))];
  const isSame = statuses.length === 1 && rows.length === columns.length ? html` data-same` : null;
  const id = html`id="${prefix}${clause}" data-level="${levels.join(" ")}" data-status="${statuses.join(" ")}"`;
  return html`<tr ${id}${isSame}>
    <th scope="row">
      <a href="#${prefix}${clause}"><bdi>${clause}</bdi></a
      ><br /><small><bdi>${sentence}</bdi></small>
    </th>
    <td>${joinItems(levels.map(levelLabel))}</td>
    ${columns.map((column) => statusCell(byColumn.get(columnKey(column)), prefix))}
  </tr>`;
}

function statusCell(row: ConformanceRow | undefined, prefix: string): Html {
  if (row === undefined) return html`<td class="muted"></td>`;
  const { status, clause, message, testedIn } = row;
  if (status === "fail" || status === "known")
    return html`<td><a class="status ${status}" href="#why-${prefix}${clause}">${STATUS_LABELS[status]}</a></td>`;
  const title = joinTexts(
    [
      ...(status === "skip" ? [same(message)] : []),
      ...(testedIn === undefined ? [] : [{ en: `tested in ${testedIn}`, zh: `在 ${testedIn} 中测试` }]),
    ],
    { en: "; ", zh: "；" },
  );
  return html`<td><span class="status ${status}" title="${title}">${STATUS_LABELS[status]}</span></td>`;
}
