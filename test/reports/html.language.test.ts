/** The languages of the html report. */
import { describe, expect, it } from "vitest";
import { conformanceSection } from "../../reports/conformance/html-section.ts";
import { viewIds } from "../../reports/element-ids.ts";
import { commonScale } from "../../reports/format.ts";
import { failuresSection } from "../../reports/html/failures.ts";
import { html } from "../../reports/html/markup.ts";
import { methodSection } from "../../reports/html/method.ts";
import { page as pageOf } from "../../reports/html/page.ts";
import { setupSection } from "../../reports/html/run-setup.ts";
import { figureTable } from "../../reports/html/table.ts";
import { metricLabel } from "../../reports/language/metric-labels.ts";
import { figuresOf } from "../../reports/questions.ts";
import { errorControlSentences, rankingSentence } from "../../reports/sentences.ts";
import { shownTexts } from "../helpers/page-text.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const sample = sampleRun({ failure: "netperf: connection refused" });

/** The sections of a page without charts, whose drawing takes seconds. */
function samplePage(): string {
  const input = inputOf(sample);
  const { summary, run } = input;
  const figures = figuresOf(summary);
  const place = { ids: viewIds(figures, ""), plugins: run.plan.plugins, run };
  const tables = figures.map((figure) => {
    const sentences = figure.questions.map((question) => html`<p>${rankingSentence(figure, question)}</p>`);
    return html`<h3>${metricLabel(figure.metric)}</h3>
      ${sentences} ${figureTable(figure, commonScale(figure.unit, []), place)}`;
  });
  const digests = { "run.json": null, "results.jsonl": null, "raw.sha256": "0a" };
  return pageOf(
    { en: "Report", zh: "报告" },
    html`${errorControlSentences(summary.errorControl)} ${tables} ${conformanceSection(summary.conformance, "")}
    ${failuresSection(summary, "")} ${setupSection({ ...input, digests }, "")} ${methodSection()}`,
    "zh",
  );
}

const page = samplePage();

/**
 * Words that Chinese technical texts write in Latin letters: operations, units, names of the field, the program, and
 * the names in the run. Everything else outside code, `bdi` and drawings is a part of an English text.
 */
const NAMES = new RegExp(
  [
    ...[
      "ADD",
      "CHECK",
      "CI",
      "DEL",
      "MUST",
      "SHOULD",
      "MAY",
      "CNI",
      "CPU",
      "MTU",
      "SHA",
      "UTC",
      "Go",
      "Pod",
      "Node.js",
    ],
    ...["iperf3", "netperf", "jq", "cnibench", "host", "same-node", "cross-node", "cores(?: per)?", "per s"],
    ...["[kMGT]?bit", "[kMG]?B", "[µmn]?s", "min", "n", "p", "x64"],
    ...sample.run.plan.plugins,
    ...sample.run.plan.cells.flatMap(({ suite, scenario, runner }) => [suite, scenario, runner]),
    sample.run.id,
    sample.run.plan.cluster,
  ]
    .map((name) => `(?<![a-zA-Z])${name}(?![a-zA-Z])`)
    .join("|"),
  "g",
);

const englishIn = (text: string): boolean => /[a-zA-Z]{2}/.test(text.replaceAll(NAMES, ""));

describe("the html report in Chinese", () => {
  it("shows no English text outside code, names and messages of others", () => {
    const shown = shownTexts(page, "zh", { ownOnly: true });
    expect(shown.length).toBeGreaterThan(300);
    expect([...new Set(shown.filter(englishIn))]).toEqual([]);
  });

  it("describes its elements in Chinese", () => {
    const labels = [...page.matchAll(/\s(?:aria-label|placeholder)="([^"]*)"/g)].map(([, label = ""]) => label);
    expect(labels.length).toBeGreaterThan(20);
    expect([...new Set(labels.filter(englishIn))]).toEqual([]);
  });

  it("shows the same numbers in both languages", () => {
    const numbers = (texts: readonly string[]) =>
      texts
        .join(" ")
        .match(/\d+(?:[.\u202f]\d+)*/g)
        ?.sort();
    const chinese = numbers(shownTexts(page, "zh"));
    expect(chinese?.length).toBeGreaterThan(300);
    expect(chinese).toEqual(numbers(shownTexts(page, "en")));
  });
});
