/** The column of the heat table with the conformance verdicts of a plugin, with the versions that share one. */
import { groupBy } from "../../../core/group.ts";
import { type ConformanceRow, type ConformanceVerdict, versionVerdicts } from "../../../results/index.ts";
import type { Text } from "../../language/text.ts";
import { html, type Html } from "../markup.ts";

const VERDICTS: Readonly<Record<ConformanceVerdict, Text & { readonly style: string }>> = {
  conformant: { en: "conformant", zh: "符合", style: "pass" },
  "selection passed": { en: "selection passed", zh: "所选条款通过", style: "pass" },
  "not conformant": { en: "not conformant", zh: "不符合", style: "fail" },
  "not tested": { en: "not tested", zh: "未测试", style: "skip" },
};

/** Returns the function that makes the cell of a plugin, or null if no plugin was tested. */
export function conformanceColumn(rows: readonly ConformanceRow[], prefix: string): ((plugin: string) => Html) | null {
  if (rows.length === 0) return null;
  const byPlugin = groupBy(versionVerdicts(rows), ({ plugin }) => plugin);
  return (plugin) => {
    const verdicts = [...groupBy(byPlugin.get(plugin) ?? [], ({ verdict }) => verdict)];
    if (verdicts.length === 0) return html`<td class="muted">–</td>`;
    const lines = verdicts.map(([verdict, versions]) => {
      const { en, zh, style } = VERDICTS[verdict];
      const list = versions.map(({ specVersion }) => specVersion).join(", ");
      return html`<div>
        <span class="status ${style}">${{ en, zh }}</span> <a href="#${prefix}conformance">${list}</a>
      </div>`;
    });
    return html`<td>${lines}</td>`;
  };
}
