/** The comparisons of a metric as a view. */
import { expect, it } from "vitest";
import { figuresOf } from "../../../reports/questions.ts";
import { comparisonView, versusViews } from "../../../reports/views/comparison-view.ts";
import { pluginStyles } from "../../../reports/views/plugin-styles.ts";
import { idMaker } from "../../../reports/views/view.ts";
import type { Comparison } from "../../../results/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { run, summary } = inputOf(sampleRun());
const context = { run, styles: pluginStyles(run.plan.plugins), id: idMaker() };

async function textsOf(change: (comparison: Comparison) => Comparison): Promise<(string | undefined)[]> {
  const figure = figuresOf({ ...summary, comparisons: summary.comparisons.map(change) }).find(
    ({ metric }) => metric === "throughput",
  );
  const view = figure && comparisonView(context, figure);
  return [...((await view?.draw()) ?? "").matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text);
}

it("compares each plugin with those before it in the plan, with the verdict of the summary", async () => {
  const pair = { estimate: 0.5, ci95: [0.4, 0.6], verdict: "worse", scale: "ratio" } as const;
  const texts = await textsOf((comparison) =>
    comparison.a === "bridge" && comparison.b === "ptp" ? { ...comparison, ...pair } : comparison,
  );
  expect(texts).toContain("ptp / bridge");
  expect(texts).not.toContain("bridge / ptp");
  expect(texts.filter((text) => text === "▲ 2.00 [1.67, 2.50]")).toHaveLength(2);
});

it("shows differences in the unit if values can be zero", async () => {
  const texts = await textsOf((comparison) => ({
    ...comparison,
    ...{ scale: "difference", estimate: -2e9, ci95: null, verdict: "undecided" },
  }));
  expect(texts.filter((text) => text === "? 2 Gbit/s").length).toBeGreaterThan(0);
});

it("compares the others with a chosen plugin", async () => {
  const figure = figuresOf(summary).find(({ metric }) => metric === "throughput");
  const views = figure === undefined ? [] : versusViews(context, figure);
  expect(views.map(({ plugin }) => plugin)).toEqual(run.plan.plugins);
  const ptp = views[1]?.view;
  expect(ptp?.title.en).toBe("Throughput: compared with ptp");
  const labels = [...((await ptp?.draw()) ?? "").matchAll(/>(bridge|ptp|simplecni)</g)].map(([, label]) => label);
  expect(labels).toEqual(["bridge", "simplecni", "bridge", "simplecni"]);
});

it("is absent without comparisons", () => {
  const [figure] = figuresOf({ ...summary, comparisons: [] });
  expect(figure && comparisonView(context, figure)).toBeNull();
  expect(figure && versusViews(context, figure)).toEqual([]);
});
