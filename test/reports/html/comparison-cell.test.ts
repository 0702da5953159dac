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
    expect(cellOf(a)).toMatch(
      new RegExp(`data-ref="${b}"\\s+data-verdict="${verdict}" data-value="[\\d.]+" hidden>.*>${verdict} \\(`),
    );
    expect(cellOf(b)).toMatch(
      new RegExp(`data-ref="${a}"\\s+data-verdict="${INVERSE[verdict]}" data-value="[\\d.]+" hidden>`),
    );
  }
  expect(cellOf("simplecni")).toMatch(
    /^<span data-refs><span data-ref="best"\s+data-verdict="worse" data-value="0\.\d+">/,
  );
  expect(cellOf("ptp")).toMatch(/data-ref="ptp"\s+data-verdict="reference" data-value="1" hidden><\/span>/);
});

it("is sorted by the shown estimate, and the reference itself as equal to it", () => {
  const values = [...cellOf("ptp").matchAll(/data-ref="(\w+)"\s+data-verdict="\w*" data-value="([^"]*)"/g)];
  const byRef = new Map(values.map(([, ref = "", value]) => [ref, Number(value)]));
  expect([...byRef.keys()]).toEqual(["best", "host", "bridge", "ptp", "simplecni"]);
  expect([byRef.get("best"), byRef.get("ptp")]).toEqual([1, 1]);
  expect(byRef.get("simplecni")).toBeGreaterThan(1);
});

it("has the ratio to the host, without a verdict", () => {
  expect(cellOf("ptp")).toMatch(
    /data-ref="host"\s+data-verdict="" data-value="0\.\d+" hidden>0\.\d+ \[0\.\d+, 0\.\d+\]</,
  );
  const [ranked] = question.rankedCells as [Question["rankedCells"][number]];
  const alone = { ...ranked, isReference: false, versusBest: null, ranks: null };
  expect(html`${comparisonCell(alone, [], ["ptp"])}`.text).toMatch(/data-ref="host".*>0\.\d+ \[/s);
  expect(comparisonCell({ ...alone, cell: { ...ranked.cell, baselineRatio: null } }, [], ["ptp"])).toBeNull();
});

it("offers no choice among many plugins, whose page would be too large", () => {
  const many = Array.from({ length: 13 }, (_, index) => `plugin-${index}`);
  expect(cellOf("simplecni", many).match(/data-ref=/g)).toHaveLength(2);
});
