/** Conformance as one self-contained page: verdicts, the matrix of clauses by plugins and versions, and every deviation in full. */
import type { ConformanceReport } from "../../results/verdicts.ts";
import { html, type Html } from "../html/markup.ts";
import { page } from "../html/page.ts";
import { scrollable } from "../html/table.ts";
import { deviationSections } from "./html-deviations.ts";
import { clauseMatrix } from "./html-matrix.ts";
import { verdictTable } from "./html-verdicts.ts";
import { skipsOf } from "./findings.ts";

export function conformanceHtml(reports: readonly ConformanceReport[]): string {
  const title = `CNI conformance: ${reports.map(({ plugin }) => plugin).join(", ")}`;
  const rows = reports.flatMap(({ conformance }) => conformance);
  return page(
    title,
    html`<a class="skip-link" href="#verdicts">Skip to the verdicts</a>
      <header><h1>${title}</h1></header>
      <main>
        <nav aria-label="Contents">
          <ul>
            <li><a href="#verdicts">Verdicts</a></li>
            <li><a href="#clauses">Clauses</a></li>
            <li><a href="#deviations">Deviations</a></li>
            <li><a href="#skipped">Not tested</a></li>
          </ul>
        </nav>
        <section id="verdicts">
          <h2>Verdicts</h2>
          <p>
            A version of the specification is kept when no MUST and no derived clause fails. The second verdict leaves
            out what every plugin on the Go skeleton library shares.
          </p>
          ${verdictTable(rows)}${warningList(reports)}
        </section>
        <section id="clauses">
          <h2>Clauses</h2>
          ${clauseMatrix(rows)}
        </section>
        <section id="deviations">
          <h2>Deviations</h2>
          ${deviationSections(rows)}
        </section>
        <section id="skipped">
          <h2>Not tested</h2>
          ${skippedTable(reports)}
        </section>
      </main>
      <footer>Made by cnibench; it loads nothing and works offline.</footer>`,
  );
}

function warningList(reports: readonly ConformanceReport[]): Html | null {
  const items = reports.flatMap((report) =>
    report.warnings.map(({ code, message }) => html`<li>${report.plugin}: ${code}: ${message}</li>`),
  );
  return items.length === 0
    ? null
    : html`<ul class="notes">
        ${items}
      </ul>`;
}

function skippedTable(reports: readonly ConformanceReport[]): Html {
  const skips = skipsOf(reports.flatMap(({ conformance }) => conformance));
  if (skips.length === 0) return html`<p class="muted">Every clause that applies was tested.</p>`;
  const rows = skips.map(
    ({ plugin, reason, clauses }) =>
      html`<tr>
        <th scope="row">${plugin}</th>
        <td class="why">${reason}</td>
        <td class="why">${clauses.join(", ")}</td>
      </tr>`,
  );
  const head = ["Plugin", "Reason", "Clauses"].map((name) => html`<th scope="col">${name}</th>`);
  return scrollable(
    "Clauses that were not tested",
    html`<table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}
