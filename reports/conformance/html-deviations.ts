/** Every deviation in full: the requirement, the observed behavior, the evidence and the lines to reproduce it. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";
import { html, type Html } from "../html/markup.ts";
import { findingGroups, type Finding } from "./findings.ts";

/** @param prefix of all element ids */
export function deviationSections(rows: readonly ConformanceRow[], prefix: string): Html {
  const groups = findingGroups(rows);
  if (groups.length === 0) return html`<p class="muted">No deviations were found.</p>`;
  // A clause can be in several groups, e.g. a MUST in old versions and a SHOULD in new ones. Links lead to the first.
  const linked = new Set<string>();
  const articles = groups.map(({ title, findings }) => {
    const clauses = [...groupBy(findings, ({ row }) => row.clause).values()];
    return html`<h3>${title}</h3>
      ${clauses.map((same) => clauseArticle(same, prefix, linked))}`;
  });
  return html`${articles}`;
}

function clauseArticle(findings: readonly Finding[], prefix: string, linked: Set<string>): Html {
  const { clause = "", level = "", section = "", sentence } = findings[0]?.row ?? {};
  const id = linked.has(clause) ? null : html` id="why-${prefix}${clause}"`;
  linked.add(clause);
  const heading = html`<h4><a href="#${prefix}${clause}">${clause}</a> <small>${level}, ${section}</small></h4>`;
  return html`<article${id}>${heading}${paragraph(sentence)}${findings.map(findingDetails)}</article>`;
}

function findingDetails({ row, versions }: Finding): Html {
  const { plugin, status, message, expected, got, evidence = [], reproduce } = row;
  const knownNote = status === "known" ? html`<p><span class="status known">known</span> ${message}</p>` : null;
  return html`<details>
    <summary>
      <strong>${plugin}</strong> (${versions.join(", ")}): ${got === undefined ? message : `got ${got}`}
    </summary>
    ${knownNote} ${paragraph(expected === undefined ? undefined : `Expected ${expected}.`)}
    ${
      evidence.length === 0
        ? null
        : html`<p class="role">Evidence</p>
            <pre>${evidence.join("\n")}</pre>`
    }
    ${
      reproduce === undefined
        ? null
        : html`<p class="role">Reproduce</p>
            <pre class="copy">${reproduce}</pre>`
    }
  </details>`;
}

/** Nothing for a fact that the result does not have: older runs and other checks store fewer. */
function paragraph(text: string | undefined): Html | null {
  return text === undefined ? null : html`<p>${text}</p>`;
}
