/** Every deviation in full: the requirement, the observed behavior, the evidence and the lines to reproduce it. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";
import { html, type Bilingual, type Html } from "../html/markup.ts";
import { levelLabel, STATUS_LABELS } from "./labels.ts";
import { findingGroups, type Finding } from "./findings.ts";

/** @param prefix of all element ids */
export function deviationSections(rows: readonly ConformanceRow[], prefix: string): Html {
  const groups = findingGroups(rows);
  if (groups.length === 0) return html`<p class="muted">${{ en: "No deviations were found.", zh: "未发现偏差。" }}</p>`;
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
  const heading = html`<h4>
    <a href="#${prefix}${clause}"><bdi>${clause}</bdi></a> <small>${levelLabel(level)}, <bdi>${section}</bdi></small>
  </h4>`;
  return html`<article${id}>${heading}${paragraph(sentence)}${findings.map(findingDetails)}</article>`;
}

function findingDetails({ row, versions }: Finding): Html {
  const { plugin, status, message, expected, got, evidence = [], reproduce } = row;
  const knownNote =
    status === "known"
      ? html`<p><span class="status known">${STATUS_LABELS.known}</span> <bdi>${message}</bdi></p>`
      : null;
  const outcome = got === undefined ? html`<bdi>${message}</bdi>` : observation(got);
  return html`<details>
    <summary>
      <strong><bdi>${plugin}</bdi></strong> (${versions.join(", ")}): ${outcome}
    </summary>
    ${knownNote} ${expected === undefined ? null : html`<p>${expectation(expected)}</p>`}
    ${
      evidence.length === 0
        ? null
        : html`<p class="role">${{ en: "Evidence", zh: "证据" }}</p>
            <pre>${evidence.join("\n")}</pre>`
    }
    ${
      reproduce === undefined
        ? null
        : html`<p class="role">${{ en: "Reproduce", zh: "复现" }}</p>
            <pre class="copy">${reproduce}</pre>`
    }
  </details>`;
}

function observation(got: string): Bilingual {
  return { en: html`got <bdi>${got}</bdi>`, zh: html`实际为 <bdi>${got}</bdi>` };
}

function expectation(expected: string): Bilingual {
  return { en: html`Expected <bdi>${expected}</bdi>.`, zh: html`预期：<bdi>${expected}</bdi>。` };
}

/** Nothing for a fact that the result does not have: older runs and other checks store fewer. */
function paragraph(text: string | undefined): Html | null {
  return text === undefined ? null : html`<p><bdi>${text}</bdi></p>`;
}
