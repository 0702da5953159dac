/** The clause matrix: one table per group of clauses, one row per clause, one column per plugin and version. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { fold } from "../html/fold.ts";
import { html, type Html } from "../html/markup.ts";
import { permalink } from "../html/plugin-name.ts";
import { scrollable } from "../html/table.ts";
import { joinItems, joinTexts, same, type Text } from "../language/text.ts";
import { clauseGroup } from "../views/conformance-view.ts";
import { levelLabel, STATUS_LABELS } from "./labels.ts";

interface Column {
  readonly plugin: string;
  readonly specVersion: string;
}

/** Returns the groups of clauses, folded, with a switch to the clauses whose results differ, which needs no script. */
export function clauseMatrix(rows: readonly ConformanceRow[], prefix: string): Html {
  const columns = [...groupBy(rows, columnKey).values()].flatMap(([row]) => (row === undefined ? [] : [row]));
  const clauses = [...groupBy(rows, ({ clause }) => clause).values()];
  const differing = clauses.filter((each) => !isSame(each, columns)).length;
  const groups = [...groupBy(clauses, ([row]) => clauseGroup(row?.clause ?? ""))];
  const only: Text = {
    en: `Only clauses with different results (${differing})`,
    zh: `仅显示结果不同的条款（${differing}）`,
  };
  return html`<div class="matrix">
    ${columns.length < 2 ? null : html`<label class="differences"><input type="checkbox" /> ${only}</label>`}
    ${groups.map(([name, each]) => groupArticle(name, each, { columns, prefix }))}
  </div>`;
}

interface Matrix {
  readonly columns: readonly Column[];
  /** Of all element ids. */
  readonly prefix: string;
}

/** The rows of each clause. */
type Clauses = readonly (readonly ConformanceRow[])[];

function groupArticle(name: string, clauses: Clauses, matrix: Matrix): Html {
  const id = `${matrix.prefix}clauses-${name}`;
  const differing = clauses.filter((rows) => !isSame(rows, matrix.columns)).length;
  const failed = clauses.filter((rows) => rows.some(({ status }) => status === "fail" || status === "known")).length;
  const notes: readonly Text[] = [
    { en: formatCount(clauses.length, "clause"), zh: `${clauses.length} 个条款` },
    ...(failed === 0 ? [] : [{ en: `${failed} failed`, zh: `${failed} 个未通过` }]),
    ...(differing === 0 ? [] : [{ en: `${differing} with different results`, zh: `${differing} 个结果不同` }]),
  ];
  const title = html`<h3><bdi>${name}</bdi> <small>${joinTexts(notes, { en: ", ", zh: "，" })}</small></h3>`;
  return html`<article id="${id}" ${differing === 0 ? html`data-same` : null}>
    ${fold(title, clauseTable(name, clauses, matrix))}${permalink(id, GROUP_LINK)}
  </article>`;
}

function clauseTable(group: string, clauses: Clauses, { columns, prefix }: Matrix): Html {
  const names = [...groupBy(columns, ({ plugin }) => plugin)].map(
    ([plugin, { length }]) => html`<th scope="colgroup" colspan="${length}"><bdi>${plugin}</bdi></th>`,
  );
  const versions = columns.map(({ specVersion }) => html`<th scope="col">${specVersion}</th>`);
  return scrollable(
    { en: `Clauses of ${group} by plugin and version`, zh: `${group} 的条款，按插件与版本` },
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
        ${clauses.map((rows) => clauseRow(rows, columns, prefix))}
      </tbody>
    </table>`,
  );
}

const GROUP_LINK: Text = { en: "Link to this group", zh: "此组的链接" };

/** Reports whether a clause has one result for all plugins and versions. */
function isSame(rows: readonly ConformanceRow[], columns: readonly Column[]): boolean {
  return rows.length === columns.length && new Set(rows.map(({ status }) => status)).size === 1;
}

function columnKey({ plugin, specVersion }: Column): string {
  return JSON.stringify([plugin, specVersion]);
}

function clauseRow(rows: readonly ConformanceRow[], columns: readonly Column[], prefix: string): Html {
  const { clause = "", sentence = "" } = rows[0] ?? {};
  const byColumn = new Map(rows.map((row) => [columnKey(row), row]));
  const levels = [...new Set(rows.map(({ level }) => level))];
  const statuses = [...new Set(rows.map(({ status }) => status))];
  const sameMark = isSame(rows, columns) ? html` data-same` : null;
  const id = html`id="${prefix}${clause}" data-level="${levels.join(" ")}" data-status="${statuses.join(" ")}"`;
  return html`<tr ${id}${sameMark}>
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
