/** The report for people: one self-contained HTML file, readable offline, without scripts and on paper. */
import { conformanceSection } from "./html/conformance.ts";
import { failuresSection } from "./html/failures.ts";
import { scenarioSections } from "./html/figures.ts";
import { html as markup } from "./html/markup.ts";
import type { Html } from "./html/markup.ts";
import { methodSection } from "./html/method.ts";
import { overview } from "./html/overview.ts";
import { page } from "./html/page.ts";
import { pairSections } from "./html/pairs.ts";
import { setupSection } from "./html/setup.ts";
import { figuresOf } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";

export const html: Report = {
  name: "html",
  extension: "html",
  summary: "one self-contained page with rankings, charts, conformance and the exact commands",
  async render(runs) {
    const parts = await Promise.all(
      runs.map((run, index) => renderRun(run, runs.length === 1 ? "" : `run-${index + 1}-`)),
    );
    const title = `CNI plugins compared: ${[...new Set(runs.flatMap(({ run }) => run.plan.plugins))].join(", ")}`;
    const separateRunsNote =
      "Each run stands for itself: blocks of different runs are no pairs and never share an axis.";
    return page(
      title,
      markup`<a class="skip-link" href="#content">Skip to the results</a>
<header><h1>${title}</h1>${runs.length === 1 ? null : markup`<p>${separateRunsNote}</p>`}</header>
<main id="content">${parts}${methodSection()}</main>
<footer>Made by cnibench from the stored run; it loads nothing and works offline.</footer>`,
    );
  },
};

async function renderRun(input: ReportInput, prefix: string): Promise<Html> {
  const { run, summary } = input;
  const figures = figuresOf(summary);
  const scenarios = [...new Set(figures.map(({ suite, scenario }) => `${suite} / ${scenario}`))];
  const links = [
    ["overview", "In short"],
    ...scenarios.map((name, index) => [`scenario-${index + 1}`, name] as const),
    ...(summary.conformance.length === 0 ? [] : [["conformance", "Conformance"] as const]),
    ["doubts", "Failures, skips, warnings"],
    ["setup", "Environment"],
    ["commands", "Commands"],
  ] as const;
  return markup`<p class="muted">Run ${run.id}, started ${run.startedAt.replace("T", " ").slice(0, 16)} UTC, cnibench ${run.versions.cnibench}</p>
<nav aria-label="Contents of run ${run.id}"><ul>
${links.map(([id, name]) => markup`<li><a href="#${prefix}${id}">${name}</a></li>`)}
<li><a href="#method">Method</a></li>
</ul></nav>
${overview(input, figures, prefix)}
${await scenarioSections(figures, prefix, await pairSections(input))}
${conformanceSection(summary, prefix)}
${failuresSection(summary, prefix)}
${setupSection(input, prefix)}`;
}
