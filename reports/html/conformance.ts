/** The conformance section: the verdict of each plugin on each clause. */
import { groupBy } from "../../core/group.ts";
import type { Summary, SummaryCheck } from "../../results/summary.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { scrollable } from "./table.ts";

const STATUS_LABELS: Readonly<Record<SummaryCheck["status"], string>> = {
  pass: "pass",
  fail: "FAIL",
  known: "known deviation",
  skip: "skipped",
};

export function conformanceSection({ conformance }: Summary, prefix: string): Html | null {
  if (conformance.length === 0) return null;
  const plugins = [...new Set(conformance.map(({ plugin }) => plugin))];
  const clauses = groupBy(conformance, ({ specVersion, clause }) => JSON.stringify([specVersion, clause]));
  const rows = [...clauses.values()].map((checks) => clauseRow(checks, plugins));
  const head = ["Clause", "Level", "Specification", ...plugins].map((title) => html`<th scope="col">${title}</th>`);
  return html`<section id="${prefix}conformance">
    <h2>Conformance with the CNI specification</h2>
    ${scrollable(
      "Conformance by clause",
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
    )}
    ${explanations(conformance)}
  </section>`;
}

function clauseRow(checks: readonly SummaryCheck[], plugins: readonly string[]): Html {
  const { clause, level, section, specVersion } = checks[0] as SummaryCheck;
  const cells = plugins.map((plugin) => {
    const check = checks.find((candidate) => candidate.plugin === plugin);
    if (check === undefined) return html`<td class="muted">not checked</td>`;
    return html`<td><span class="status ${check.status}">${STATUS_LABELS[check.status]}</span></td>`;
  });
  return html`<tr>
    <th scope="row">${clause}</th>
    <td>${level}</td>
    <td>${section}, ${specVersion}</td>
    ${cells}
  </tr>`;
}

/** Lists the reason for every verdict other than a pass. */
function explanations(conformance: readonly SummaryCheck[]): Html | null {
  const deviations = conformance.filter(({ status }) => status !== "pass");
  if (deviations.length === 0) return null;
  const items = deviations.map(
    ({ plugin, clause, status, specVersion, message }) =>
      html`<li>
        <span class="status ${status}">${STATUS_LABELS[status]}</span> <strong>${plugin}</strong>, ${clause}
        (${specVersion}): ${message}
      </li>`,
  );
  return html`<ul class="plain">
    ${items}
  </ul>`;
}
