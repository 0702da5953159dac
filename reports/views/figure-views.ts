/** The views of one metric: its values on every path, and their ratio to the baseline. */
import type { SummaryCell } from "../../results/index.ts";
import { betterSentence, commonScale, formatNumber, formatRatio, type Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { joinSentences, type Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { dotChart, isLogarithmic, type DotChart, type DotRow } from "./dot-chart.ts";
import { BASELINE, styleOf } from "./plugin-styles.ts";
import { inPlanOrder, type View, type ViewContext } from "./view.ts";

export interface FigureViews {
  readonly value: View;
  /** null: nothing to compare with the baseline. */
  readonly ratio: View | null;
}

/** Returns the views of a metric; null if nothing was measured. @param id of the view of the values */
export function figureViews(context: ViewContext, figure: Figure, id: string): FigureViews | null {
  const cells = cellsInPlanOrder(context, figure);
  if (!cells.some(({ state }) => state === "measured")) return null;
  return { value: valueView(context, figure, cells, id), ratio: ratioView(context, figure, cells) };
}

/** Returns the cells of a metric: the baseline, then each path with the plugins in plan order. */
export function cellsInPlanOrder(context: ViewContext, figure: Figure): readonly SummaryCell[] {
  const pods = figure.questions.flatMap(({ rankedCells }) =>
    inPlanOrder(
      context,
      rankedCells.map(({ cell }) => cell),
    ),
  );
  return figure.baseline === null ? pods : [figure.baseline, ...pods];
}

function valueView(context: ViewContext, figure: Figure, cells: readonly SummaryCell[], id: string): View {
  const scale = commonScale(
    figure.unit,
    cells.filter(({ state }) => state === "measured"),
  );
  const reference = figure.baseline?.median;
  const chart: DotChart = {
    rows: cells.map((cell) => valueRow(context, cell, scale)),
    unit: scale.unit,
    reference: reference == null ? undefined : reference / scale.factor,
  };
  const blocks = cells.some(({ values }) => values.length > 0);
  const caption = joinSentences([
    blocks ? BLOCK_MARKS : MEDIAN_MARKS,
    ...(reference == null ? [] : [BASELINE_LINE]),
    betterSentence(figure.better),
    isLogarithmic(chart) ? LOGARITHMIC : ZOOMED,
  ]);
  return { id, title: metricLabel(figure.metric), caption, draw: () => dotChart(chart) };
}

/** Returns the row of a cell in a chart of its values. */
export function valueRow(context: ViewContext, cell: SummaryCell, scale: Scale): DotRow {
  const { median, ci95, state } = cell;
  const { factor } = scale;
  const measured = state === "measured" && median !== null;
  const number = (value: number): string => formatNumber(value, scale, ci95);
  return {
    panel: cell.path,
    plugin: styleOf(context.styles, cell.plugin),
    value: measured ? median / factor : null,
    interval: measured && ci95 !== null ? [ci95[0] / factor, ci95[1] / factor] : null,
    points: measured ? cell.values.map((value) => value / factor) : [],
    text: measured ? withInterval(number(median), ci95?.map(number)) : "–",
  };
}

function withInterval(value: string, ends: readonly string[] | undefined): string {
  return ends === undefined ? value : `${value} [${ends.join(", ")}]`;
}

function ratioView(context: ViewContext, figure: Figure, cells: readonly SummaryCell[]): View | null {
  const compared = cells.filter(({ path, baselineRatio }) => path !== BASELINE && baselineRatio !== null);
  if (compared.length === 0) return null;
  const chart: DotChart = {
    rows: compared.map((cell): DotRow => {
      const { median = 0, ci95 = null } = cell.baselineRatio ?? {};
      const text = withInterval(
        formatRatio(median, ci95),
        ci95?.map((end) => formatRatio(end, ci95)),
      );
      const plugin = styleOf(context.styles, cell.plugin);
      return { panel: cell.path, plugin, value: median, interval: ci95, points: [], text };
    }),
    unit: "",
    reference: 1,
  };
  const label = metricLabel(figure.metric);
  const title = { en: `${label.en}: ratio to the host baseline`, zh: `${label.zh}：与 host 的比值` };
  const caption = joinSentences([
    RATIO_MARKS,
    betterSentence(figure.better),
    isLogarithmic(chart) ? LOGARITHMIC : ZOOMED,
  ]);
  const id = context.id(figure.scenario, figure.metric, "ratio");
  return { id, title, caption, draw: () => dotChart(chart) };
}

const BLOCK_MARKS: Text = {
  en: "Large mark: median; line: 95 % confidence interval; small dots: blocks.",
  zh: "大标记：中位数；横线：95 % 置信区间；小点：各区组。",
};
const MEDIAN_MARKS: Text = {
  en: "Mark: median; line: 95 % confidence interval.",
  zh: "标记：中位数；横线：95 % 置信区间。",
};
const RATIO_MARKS: Text = {
  en: "Each value divided by the host value of the same block: median and 95 % confidence interval. Dashed: ratio 1.",
  zh: "每个值除以同一区组的 host 值：中位数与 95 % 置信区间。虚线：比值 1。",
};
const BASELINE_LINE: Text = { en: "Dashed: host baseline.", zh: "虚线：host 基线。" };
const ZOOMED: Text = { en: "The axis can start above zero.", zh: "坐标轴可能不从零开始。" };
const LOGARITHMIC: Text = { en: "The axis is logarithmic.", zh: "坐标轴为对数刻度。" };
