/** The first screen of a page of several runs: what differs between them, and their answers side by side. */
import { factsOf, missingTitle, parity, relations, SEPARATE_RUNS } from "../../several-runs.ts";
import { html, type Bilingual, type Html } from "../markup.ts";
import { factTable } from "./fact-table.ts";
import type { PageRun } from "./page-run.ts";
import { sideBySide } from "./side-by-side.ts";

const COMMAND = html`<code>cnibench compare</code>`;
const COMPARE: Bilingual = {
  en: html`${COMMAND} compares the values of two runs that are comparable.`,
  zh: html`${COMMAND} 比较两次可比运行的数值。`,
};

export function severalRuns(runs: readonly PageRun[]): Html {
  const inputs = runs.map(({ input }) => input);
  const facts = factsOf(inputs);
  return html`<section id="runs" class="first-screen">
    <p><strong>${parity(inputs, facts)}</strong> ${SEPARATE_RUNS} ${COMPARE}</p>
    ${relations(inputs).map((sentence) => html`<p class="warn">${sentence}</p>`)} ${factTable(runs, facts)}
    ${sideBySide(runs)}
  </section>`;
}

/** Lists the runs that could not be read. @param reasons in English */
export function missingNote(reasons: readonly string[]): Html | null {
  if (reasons.length === 0) return null;
  return html`<ul class="notes">
    <li><strong>${missingTitle(reasons.length)}</strong></li>
    ${reasons.map((reason) => html`<li><bdi>${reason}</bdi></li>`)}
  </ul>`;
}
