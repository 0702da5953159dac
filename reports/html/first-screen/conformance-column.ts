/** The column of the heat table with the results of the core clauses of a plugin, with the versions that share them. */
import { groupBy } from "../../../core/group.ts";
import { type ConformanceRow, type VersionVerdict, versionVerdicts } from "../../../results/index.ts";
import { joinTexts, type Text } from "../../language/text.ts";
import { html, type Html } from "../markup.ts";

/** Returns the function that makes the cell of a plugin, or null if no plugin was tested. */
export function conformanceColumn(rows: readonly ConformanceRow[], prefix: string): ((plugin: string) => Html) | null {
  if (rows.length === 0) return null;
  const byPlugin = groupBy(versionVerdicts(rows), ({ plugin }) => plugin);
  return (plugin) => {
    const results = [...groupBy(byPlugin.get(plugin) ?? [], (result) => countText(result).en).values()];
    if (results.length === 0) return html`<td class="muted">–</td>`;
    return html`<td>${results.map((versions) => resultLine(versions, prefix))}</td>`;
  };
}

/** @param versions that have the same results */
function resultLine(versions: readonly VersionVerdict[], prefix: string): Html | null {
  const [first] = versions;
  if (first === undefined) return null;
  const list = versions.map(({ specVersion }) => specVersion).join(", ");
  const link = html`<a href="#${prefix}conformance">${list}</a>`;
  return html`<div>
    <span class="status ${styleOf(first)}">${countText(first)}</span>
    <small>${{ en: html`(core clauses, ${link})`, zh: html`（核心条款，${link}）` }}</small>
  </div>`;
}

function styleOf({ passed, failed, known }: VersionVerdict): string {
  if (failed + known > 0) return "fail";
  return passed > 0 ? "pass" : "skip";
}

/** Returns counts instead of a verdict: a run checks too few clauses for one. */
function countText({ passed, failed, failedShould, failedBeyond, known, skipped }: VersionVerdict): Text {
  const others: readonly (readonly [count: number, text: Text])[] = [
    [failedShould, { en: "SHOULD failed", zh: "项 SHOULD 未通过" }],
    [failedBeyond, { en: "beyond the specification failed", zh: "项超出规范的条款未通过" }],
    [known, { en: "known", zh: "项已知偏差" }],
    [skipped, { en: "skipped", zh: "项跳过" }],
  ];
  const counted = others.flatMap(([count, { en, zh }]) =>
    count === 0 ? [] : [{ en: `${count} ${en}`, zh: `${count} ${zh}` }],
  );
  const always = { en: `${passed} passed, ${failed} failed`, zh: `${passed} 项通过，${failed} 项未通过` };
  return joinTexts([always, ...counted], { en: ", ", zh: "，" });
}
