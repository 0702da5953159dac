/** The first screen of a run: what was compared, the answers with their certainty, and what to doubt. */
import { answer } from "../../first-screen/answer.ts";
import { answerList, NOT_MEASURED } from "../../first-screen/answer-list.ts";
import { hostAnswer } from "../../first-screen/host-answer.ts";
import { keyWarnings } from "../../first-screen/key-warnings.ts";
import type { ScreenQuestion, ScreenQuestions } from "../../first-screen/screen-questions.ts";
import { metricLabel } from "../../language/metric-labels.ts";
import type { Text } from "../../language/text.ts";
import type { ReportInput } from "../../report.ts";
import { errorControlSentences } from "../../sentences.ts";
import { lastDecisions } from "../../stopping.ts";
import { fold } from "../fold.ts";
import { type Content, html, type Html } from "../markup.ts";
import { byReference, referencePlugins } from "../references.ts";
import { heatTable } from "./heat-table.ts";
import { sentenceContent } from "./sentence.ts";
import { whereLine } from "./where.ts";

/** Not shown, because a page of one run has its title, and a run of several the summary of its details. */
const SUMMARY: Text = { en: "Summary", zh: "摘要" };

/** @param prefix of all ids, if a page shows several runs; the table of their questions is then on top of the page */
export function firstScreen(input: ReportInput, questions: ScreenQuestions, prefix: string): Html {
  return html`<section id="${prefix}overview" class="first-screen">
    ${prefix === "" ? html`<h2 class="unseen">${SUMMARY}</h2>` : null} ${whereLine(input)}
    ${answers(questions, input.run.plan.plugins)} ${prefix === "" ? heatTable(input, questions, prefix) : null}
    ${warningList(input.summary, prefix)} ${certainty(input)}
  </section>`;
}

function answers(questions: ScreenQuestions, plugins: readonly string[]): Html {
  const { note, first, others, missing } = answerList(questions);
  const more = { en: `${others.length} more answers`, zh: `另外 ${others.length} 个回答` };
  const list = html`<ul class="headlines">
    ${first.map((each) => answerItem(each, referencedAnswer(each, plugins)))}${missing.map(
      (id) =>
        html`<li>
          <strong><bdi>${id}</bdi></strong> ${NOT_MEASURED}
        </li>`,
    )}
  </ul>`;
  return html`${note === null ? null : html`<p class="muted">${note}</p>`}
  ${first.length + missing.length === 0 ? null : list}
  ${
    others.length === 0
      ? null
      : fold(
          more,
          html`<ul class="headlines">
            ${others.map((each) => answerItem(each, bestAnswer(each)))}
          </ul>`,
        )
  }`;
}

function bestAnswer({ figure, question }: ScreenQuestion): Content {
  return sentenceContent(answer(figure, question));
}

/** Returns the answer for each reference. */
function referencedAnswer(each: ScreenQuestion, plugins: readonly string[]): Content {
  const { figure, question } = each;
  const chosen = referencePlugins(plugins).map((plugin) => ({
    ref: plugin,
    content: sentenceContent(answer(figure, question, plugin)),
  }));
  const host = { ref: "host", content: sentenceContent(hostAnswer(question)) };
  return byReference([{ ref: "best", content: bestAnswer(each) }, host, ...chosen]);
}

function answerItem({ figure, question }: ScreenQuestion, sentence: Content): Html {
  const place = html`<small>${question.path}, <bdi>${figure.scenario}</bdi></small>`;
  return html`<li><strong>${metricLabel(figure.metric)}</strong> ${place}<span class="answer">${sentence}</span></li>`;
}

function warningList(summary: ReportInput["summary"], prefix: string): Html {
  const { shown, others } = keyWarnings(summary);
  const all =
    others === 0
      ? { en: "all warnings", zh: "全部警告" }
      : { en: `${others} more ${others === 1 ? "kind" : "kinds"} of warnings`, zh: `另外 ${others} 类警告` };
  const link = html`<a href="#${prefix}doubts">${all}</a>`;
  if (shown.length === 0) return html`<p class="muted">${NO_WARNINGS}</p>`;
  return html`<ul class="notes">
    ${shown.map(({ code, text }) => html`<li><span class="warn">${noteLabel(code)}</span> ${text}</li>`)}
    <li>${link}</li>
  </ul>`;
}

/** Codes are names; failures have none. */
function noteLabel(code: string): Content {
  return code === "failed" ? { en: "failed", zh: "失败" } : html`<bdi>${code}</bdi>`;
}

const NO_WARNINGS: Text = { en: "No failures and no warnings.", zh: "没有失败，也没有警告。" };

/** How many of the differences may be false, and why the run ended. */
function certainty({ run, summary }: ReportInput): Html | null {
  const sentences = [...errorControlSentences(summary.errorControl), ...lastDecisions(run)];
  if (sentences.length === 0) return null;
  return fold(
    { en: "How certain these answers are", zh: "这些回答有多可靠" },
    html`${sentences.map((sentence) => html`<p>${sentence}</p>`)}`,
  );
}
