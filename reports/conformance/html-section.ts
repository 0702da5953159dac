/** The conformance section of a run: counts, the clause matrix and all deviations. */
import type { ConformanceRow } from "../../results/index.ts";
import { foldedSection } from "../html/fold.ts";
import { html, type Html } from "../html/markup.ts";
import { NOT_TESTED } from "./labels.ts";
import { COUNT_COLUMNS } from "./verdict-columns.ts";
import { deviationSections } from "./html-deviations.ts";
import { clauseMatrix } from "./html-matrix.ts";
import { skippedTable } from "./html-skipped.ts";
import { verdictTable } from "./html-verdicts.ts";

/**
 * @param prefix of all element ids, because a page can show several runs
 * @param views of all clauses
 */
export function conformanceSection(
  rows: readonly ConformanceRow[],
  prefix: string,
  views: Html | null = null,
): Html | null {
  if (rows.length === 0) return null;
  return foldedSection(
    `${prefix}conformance`,
    { en: "Conformance with the CNI specification", zh: "CNI 规范符合性" },
    html`${verdictTable(rows, COUNT_COLUMNS)} ${views} ${clauseMatrix(rows, prefix)} ${deviationSections(rows, prefix)}
      <h3>${NOT_TESTED}</h3>
      ${skippedTable(rows)}`,
  );
}
