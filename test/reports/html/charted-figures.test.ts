import { expect, it } from "vitest";
import { chartedFigures, omittedChartsNote } from "../../../reports/html/charted-figures.ts";
import { type Figure, figuresOf } from "../../../reports/questions.ts";
import type { Summary } from "../../../results/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { summary } = inputOf(sampleRun({ blocks: 2 }));

/** Returns the summary with 30 times as many scenarios and with many blocks; the last scenario has the headlines. */
function large(): Summary {
  const scenarios = Array.from({ length: 30 }, (_, index) => `load-${index + 1}`);
  const cells = summary.cells.map((cell) => ({ ...cell, n: cell.state === "measured" ? 1000 : 0 }));
  return {
    ...summary,
    cells: scenarios.flatMap((scenario) => cells.map((cell) => ({ ...cell, scenario }))),
    comparisons: summary.comparisons.map((comparison) => ({
      ...comparison,
      scenario: "load-30",
      family: comparison.metric === "throughput" ? "headline" : "exploratory",
    })),
  };
}

const chartedOf = (of: Summary): { all: readonly Figure[]; charted: ReadonlySet<Figure> } => {
  const all = figuresOf(of);
  return { all, charted: chartedFigures({ summary: of }, all) };
};

it("draws charts of all metrics of a small run", () => {
  const { all, charted } = chartedOf(summary);
  expect([...charted]).toEqual(all);
  expect(omittedChartsNote(charted, all)).toBeNull();
});

it("draws charts of the headlines and of the first metrics of a large run, and counts the others", () => {
  const { all, charted } = chartedOf(large());
  const ranked = all.filter(({ better }) => better !== "none");
  const headline = ranked.find(({ scenario, metric }) => scenario === "load-30" && metric === "throughput");
  expect([...charted]).toEqual([headline, ...ranked.slice(0, 19)]);
  expect(omittedChartsNote(charted, all)?.text).toContain(
    `Charts of ${ranked.length - 20} of ${ranked.length} ranked metrics`,
  );
});
