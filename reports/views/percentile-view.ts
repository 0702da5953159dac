/** Latency percentiles: one curve per plugin, with the range of the blocks, from the stored percentiles. */
import { metricsShownIn } from "../../core/metrics.ts";
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { scaleFor, type Scale } from "../format.ts";
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { cellsInPlanOrder } from "./figure-views.ts";
import { lineChart, type Line, type LinePanel } from "./line-chart.ts";
import { BASELINE, styleOf } from "./plugin-styles.ts";
import type { View, ViewContext } from "./view.ts";

/** The percentiles of the metrics of the chart, as shares, in their order. */
const SHARES = [0.5, 0.9, 0.99] as const;

/** @param figures of one scenario */
export function percentileView(context: ViewContext, figures: readonly Figure[]): View | null {
  const cells = metricsShownIn("percentile chart").map((metric) =>
    figures.filter((figure) => figure.metric === metric).flatMap((figure) => cellsInPlanOrder(context, figure)),
  );
  const [first = []] = cells;
  const scale = scaleFor(
    "s",
    first.map(({ median }) => median ?? 0),
  );
  const lines = first.flatMap((cell) => curveOf(context, cell, cells, scale));
  const [{ scenario = "" } = {}] = figures;
  if (lines.length === 0) return null;
  return {
    id: context.id(scenario, "percentiles"),
    title: { en: "Latency percentiles", zh: "延迟百分位数" },
    caption: CAPTION,
    metrics: metricsShownIn("percentile chart"),
    draw: () => drawCurves(lines, scale.unit, TAIL_VALUES),
  };
}

const CAPTION: Text = {
  en:
    "Median of each percentile over the blocks; band: lowest to highest block. Lower is better. The run stores no " +
    "other percentiles.",
  zh: "各区组每个百分位数的中位数；色带：最低到最高的区组。越低越好。本次运行未存储其他百分位数。",
};

export interface Curve extends Line {
  readonly path: string;
}

function curveOf(context: ViewContext, cell: SummaryCell, all: readonly SummaryCell[][], scale: Scale): Curve[] {
  const own = all.map((cells) => cells.find(({ plugin, path }) => plugin === cell.plugin && path === cell.path));
  const points = own.flatMap((each, index) => {
    const { median, min, max } = each ?? {};
    if (median == null || min == null || max == null) return [];
    const { factor } = scale;
    return [{ x: tail(SHARES[index] ?? 0), y: median / factor, low: min / factor, high: max / factor }];
  });
  return points.length < 2 ? [] : [{ plugin: styleOf(context.styles, cell.plugin), path: cell.path, points }];
}

/** Returns the position of a percentile on an axis that gives each further nine the same space. */
export function tail(share: number): number {
  return -Math.log10(1 - share);
}

const TAIL_VALUES = SHARES.map(tail);
/** The label of a position, in the expressions of vega: `p50`, `p99.9`. */
const TAIL_LABEL = "'p' + format(100 - pow(10, 2 - datum.value), '.4~g')";

/** Number of points of a curve up to which they have marks. */
const MAX_MARKED = 6;

/** Draws one panel per path; the baseline is in each of them. */
export async function drawCurves(curves: readonly Curve[], unit: string, values: readonly number[]): Promise<string> {
  const high = Math.max(...curves.flatMap(({ points }) => points.map((point) => point.high)));
  const baseline = curves.filter(({ path }) => path === BASELINE);
  const paths = [...groupBy(curves, ({ path }) => path)].filter(([path]) => path !== BASELINE);
  const panels = paths.length === 0 ? [[BASELINE, []] as const] : paths;
  return lineChart({
    panels: panels.map(([title, own]): LinePanel => ({
      title,
      unit,
      domain: [0, high],
      type: "linear",
      lines: [...baseline, ...own],
    })),
    columns: 3,
    x: { title: "", type: "linear", values, label: TAIL_LABEL },
    marked: curves.every(({ points }) => points.length <= MAX_MARKED),
  });
}
