/** The column with comparisons: the verdict is always that of the shown pair. */
import { expect, it } from "vitest";
import { comparisonCell } from "../../../reports/html/comparison-cell.ts";
import { html } from "../../../reports/html/markup.ts";
import { figuresOf, type Question } from "../../../reports/questions.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { run, summary } = inputOf(sampleRun());
const question = figuresOf(summary)
  .find(({ metric }) => metric === "throughput")
  ?.questions.find(({ path }) => path === "cross-node") as Question;
const INVERSE = { better: "worse", worse: "better", equal: "equal", undecided: "undecided" } as const;

function cellOf(plugin: string, plugins = run.plan.plugins): string {
  const ranked = question.rankedCells.find(({ cell }) => cell.plugin === plugin) as Question["rankedCells"][number];
  return html`${comparisonCell(ranked, question.comparisons, plugins)}`.text;
}

it("has the verdict of the summary for each reference, and shows that for the best one", () => {
  expect(question.comparisons.length).toBe(3);
  for (const { a, b, verdict } of question.comparisons) {
    expect(cellOf(a)).toMatch(new RegExp(`data-ref="${b}"\\s+data-verdict="${verdict}" hidden>.*>${verdict} \\(`));
    expect(cellOf(b)).toMatch(new RegExp(`data-ref="${a}"\\s+data-verdict="${INVERSE[verdict]}" hidden>`));
  }
  expect(cellOf("simplecni")).toMatch(/^<span data-refs><span data-ref="best"\s+data-verdict="worse">/);
  expect(cellOf("ptp")).toMatch(/data-ref="ptp"\s+data-verdict="reference" hidden><\/span>/);
});

it("offers no choice among many plugins, whose page would be too large", () => {
  const many = Array.from({ length: 13 }, (_, index) => `plugin-${index}`);
  expect(cellOf("simplecni", many).match(/data-ref=/g)).toHaveLength(1);
});
