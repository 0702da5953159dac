/** Every deviation in full: the requirement, the observed behavior, the evidence and the lines to reproduce it. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/verdicts.ts";
import { html, type Html } from "../html/markup.ts";
import { findingGroups, type Finding } from "./findings.ts";

export function deviationSections(rows: readonly ConformanceRow[]): Html {
  const groups = findingGroups({ conformance: rows });
  if (groups.length === 0) return html`<p class="muted">No deviations were found.</p>`;
  // A clause can be in several groups, e.g. a MUST in old versions and a SHOULD in new ones. Links lead to the first.
  const linked = new Set<string>();
  const articles = groups.map(({ title, findings }) => {
    const clauses = [...groupBy(findings, ({ row }) => row.clause)];
    return html`<h3>${title}</h3>
      ${clauses.map(([clause, same]) => clauseArticle(clause, same, linked))}`;
  });
  return html`${articles}`;
}

function clauseArticle(clause: string, findings: readonly Finding[], linked: Set<string>): Html {
  const { level = "", section = "", sentence = "" } = findings[0]?.row ?? {};
  const id = linked.has(clause) ? null : html` id="why-${clause}"`;
  linked.add(clause);
  const heading = html`<h4><a href="#${clause}">${clause}</a> <small>${level}, ${section}</small></h4>`;
  return html`<article${id}>${heading}<p>${sentence}</p>${findings.map(findingDetails)}</article>`;
}

function findingDetails({ row, versions }: Finding): Html {
  const { plugin, status, message, expected = "", got = "", evidence = [], reproduce = "" } = row;
  const knownNote = status === "known" ? html`<p><span class="status known">known</span> ${message}</p>` : null;
  return html`<details>
    <summary><strong>${plugin}</strong> (${versions.join(", ")}): got ${got}</summary>
    ${knownNote}
    <p>Expected ${expected}.</p>
    ${
      evidence.length === 0
        ? null
        : html`<p class="role">Evidence</p>
            <pre>${evidence.join("\n")}</pre>`
    }
    <p class="role">Reproduce</p>
    <pre class="copy">${reproduce}</pre>
  </details>`;
}
