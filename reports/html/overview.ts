/** The summary at the top of a report: the setup, the outcome and the rankings of the headline metrics. */
import { isShownIn } from "../../core/metrics.ts";
import type { ReportInput } from "../report.ts";
import type { Figure } from "../questions.ts";
import { errorControlSentences, questionTitle, rankingSentence } from "../sentences.ts";
import { blockRange, lastDecisions } from "../stopping.ts";
import { html } from "./markup.ts";
import type { Content, Html } from "./markup.ts";

export function overview({ run, summary }: ReportInput, figures: readonly Figure[], prefix: string): Html {
  const main = figures.filter(({ metric }) => isShownIn("report", metric));
  const shownFigures = main.length > 0 ? main : figures.filter(({ better }) => better !== "none");
  const rankings = shownFigures.flatMap((figure) =>
    figure.questions.map(
      (question) =>
        html`<li>
          <strong>${questionTitle(figure, question)}</strong> <span class="muted">${figure.scenario}</span
          ><br />${rankingSentence(figure, question)}
        </li>`,
    ),
  );
  return html`<section id="${prefix}overview">
    <h2>Summary</h2>
    <dl class="facts">${facts({ run, summary })}</dl>
    ${runWarnings(summary.warnings)}
    ${errorControlSentences(summary.errorControl).map((sentence) => html`<p>${sentence}</p>`)}
    <ul class="headlines">
      ${rankings}
    </ul>
  </section>`;
}

function facts({ run, summary }: Pick<ReportInput, "run" | "summary">): Html[] {
  const count = (state: string) => summary.cells.filter((cell) => cell.state === state).length;
  const failures = summary.conformance.filter(({ status }) => status === "fail").length;
  const pairs: (readonly [string, Content])[] = [
    ["Plugins", run.plan.plugins.join(", ")],
    ["Cluster", `${run.plan.cluster}, ${run.plan.nodes} nodes`],
    [
      "Blocks",
      `${blockRange(run.plan).en} (deployments of each plugin), ${run.plan.duration} s of load per repetition`,
    ],
    ...lastDecisions(run).map((sentence) => ["Stopping rule", sentence] as const),
    ["Cells", `${count("measured")} measured, ${count("failed")} failed, ${count("skipped")} skipped`],
    [
      "Conformance",
      summary.conformance.length === 0 ? "not checked" : `${summary.conformance.length} verdicts, ${failures} failed`,
    ],
    ["Outcome", run.outcome ?? "not finished"],
  ];
  return pairs.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
}

function runWarnings(warnings: ReportInput["summary"]["warnings"]): Html | null {
  if (warnings.length === 0) return null;
  return html`<ul class="notes">
    ${warnings.map(({ code, message }) => html`<li><span class="warn">${code}</span> ${message}</li>`)}
  </ul>`;
}
