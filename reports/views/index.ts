/** All views of a run, in the order of the page. They are drawn on demand, because drawing takes most of the time. */
import { groupBy } from "../../core/group.ts";
import { type Figure, figuresOf } from "../questions.ts";
import type { ReportInput } from "../report.ts";
import { comparisonView, type VersusView, versusViews } from "./comparison-view.ts";
import { conformanceViews } from "./conformance-view.ts";
import { cpuView } from "./cpu-view.ts";
import { curveViews } from "./curve-views.ts";
import { type FigureViews, figureViews } from "./figure-views.ts";
import { lifecycleView, singlePods } from "./lifecycle-view.ts";
import { type PairViews, pairViews } from "./pair-views.ts";
import { percentileView } from "./percentile-view.ts";
import { pluginStyles } from "./plugin-styles.ts";
import { seriesViews } from "./series-views.ts";
import { storedDetails } from "./stored-details.ts";
import { sweepViews } from "./sweep-views.ts";
import { type View, type ViewContext, idMaker } from "./view.ts";

export type { VersusView } from "./comparison-view.ts";
export type { View } from "./view.ts";

/** The views of a metric. The first one is always present. */
export interface MetricViews extends FigureViews {
  /** Comparisons of pairs of plugins; null: nothing was compared. */
  readonly pairs: View | null;
  /** The same for each plugin that a reader can choose as the reference. */
  readonly versus: readonly VersusView[];
}

export interface RunViews {
  /** null: nothing was measured, or the metric has no better direction. */
  readonly metric: (figure: Figure) => MetricViews | null;
  /** Views of several metrics of a scenario. */
  readonly scenario: (suite: string, scenario: string) => readonly View[];
  /** Views of several scenarios of a suite. */
  readonly suite: (suite: string) => readonly View[];
  /** The measured node pairs by `suite / scenario`. */
  readonly pairs: ReadonlyMap<string, PairViews>;
  /** At most one view. */
  readonly conformance: readonly View[];
  readonly all: readonly View[];
}

/**
 * Returns the views of a run. IDs are unique in the run.
 * @param plugins order that determines colors and shapes, if it is not that of the plan
 */
export function viewsOf(input: ReportInput, plugins: readonly string[] = input.run.plan.plugins): RunViews {
  const { run, summary, records } = input;
  const context: ViewContext = { run, styles: pluginStyles(plugins), id: idMaker() };
  const figures = figuresOf(summary);
  // First, so that the IDs of metrics do not depend on the other views, as in `element-ids.ts`.
  const ids = figures.map((figure) => context.id(figure.scenario, figure.metric));
  const metrics = new Map(
    figures.map((figure, index) => [keyOf(figure), metricViews(context, figure, ids[index] ?? "")]),
  );
  const pairs = pairViews(context, input);
  const pods = singlePods(summary.cells, records);
  const details = storedDetails(run, records);
  const scenarios = new Map(
    [...groupBy(figures, scenarioKey)].map(([key, own]) => {
      const { series = [], distributions = [] } = details.get(key) ?? {};
      const curves = curveViews(context, distributions);
      // Of a scenario without stored samples, the percentiles that are metrics.
      const percentiles = curves.length > 0 ? curves : [percentileView(context, own)];
      const views = [...percentiles, lifecycleView(context, own, pods), ...seriesViews(context, series)];
      const scenario = { scenarios: own.slice(0, 1).map((figure) => figure.scenario) };
      const shown = [...views, cpuView(context, own)].filter((view) => view !== null);
      return [key, shown.map((view) => ({ ...view, ...scenario }))] as const;
    }),
  );
  const suites = sweepViews(context, figures);
  const conformance = conformanceViews(context, summary.conformance);
  const metricList = [...metrics.values()].flatMap((views) =>
    views === null ? [] : [views.value, views.ratio, views.pairs].filter((view) => view !== null),
  );
  const pairList = [...pairs.values()].map(({ view }) => view);
  return {
    metric: (figure) => metrics.get(keyOf(figure)) ?? null,
    scenario: (suite, scenario) => scenarios.get(scenarioKey({ suite, scenario })) ?? [],
    suite: (suite) => suites.get(suite) ?? [],
    pairs,
    conformance,
    all: [...suites.values(), metricList, ...scenarios.values(), pairList, conformance].flat(),
  };
}

function metricViews(context: ViewContext, figure: Figure, id: string): MetricViews | null {
  if (figure.better === "none") return null;
  const views = figureViews(context, figure, id);
  return views && { ...views, pairs: comparisonView(context, figure), versus: versusViews(context, figure) };
}

function keyOf({ suite, scenario, metric }: Figure): string {
  return JSON.stringify([suite, scenario, metric]);
}

function scenarioKey({ suite, scenario }: Pick<Figure, "suite" | "scenario">): string {
  return `${suite} / ${scenario}`;
}
