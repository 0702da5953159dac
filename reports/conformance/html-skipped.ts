/** The table of skipped clauses with their reasons. */
import type { ConformanceRow } from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { headedTable } from "../html/table.ts";
import type { Text } from "../language/text.ts";
import { skipsOf } from "./findings.ts";

const ALL_TESTED: Text = { en: "All applicable clauses were tested.", zh: "所有适用的条款都已测试。" };

const COLUMNS: readonly Text[] = [
  { en: "Plugin", zh: "插件" },
  { en: "Verdict", zh: "结论" },
  { en: "Reason", zh: "原因" },
  { en: "Clauses", zh: "条款" },
  { en: "CNI versions", zh: "CNI 版本" },
];

export function skippedTable(conformance: readonly ConformanceRow[]): Html {
  const skips = skipsOf(conformance);
  if (skips.length === 0) return html`<p class="muted">${ALL_TESTED}</p>`;
  const rows = skips.map(
    ({ plugin, reason, open, clauses, versions }) =>
      html`<tr>
        <th scope="row"><bdi>${plugin}</bdi></th>
        <td>${open ? { en: "open", zh: "待定" } : { en: "unaffected", zh: "不受影响" }}</td>
        <td class="why"><bdi>${reason}</bdi></td>
        <td class="why"><bdi>${clauses.join(", ")}</bdi></td>
        <td>${versions.join(", ")}</td>
      </tr>`,
  );
  return headedTable(
    { en: "Clauses not tested", zh: "未测试的条款" },
    COLUMNS,
    html`<tbody>
      ${rows}
    </tbody>`,
  );
}
