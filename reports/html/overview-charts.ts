/** Charts that combine several metrics of a scenario: latency percentiles and pod lifecycle times. */
import { metricsShownIn } from "../../core/metrics.ts";
import type { SummaryCell } from "../../results/index.ts";
import { barChart, percentileChart } from "../charts.ts";
import type { Dot, Percentiles } from "../charts.ts";
import { scaleFor } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Figure } from "../questions.ts";
import { chartFigure, measuredCells, rowOf, scaleInterval } from "./chart-parts.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

export async function overviewCharts(figures: readonly Figure[]): Promise<Html | null> {
  const charts = [await percentilesChart(figures), await lifecycleChart(figures)].filter((chart) => chart !== null);
  return charts.length === 0 ? null : html`<div class="charts">${charts}</div>`;
}

async function percentilesChart(figures: readonly Figure[]): Promise<Html | null> {
  const [p50 = [], p90 = [], p99 = []] = metricsShownIn("percentile chart").map((metric) => measured(figures, metric));
  const scale = scaleFor(
    "s",
    p50.map(({ median }) => median ?? 0),
  );
  const scaledMedian = (cells: readonly SummaryCell[], { plugin, path }: SummaryCell) => {
    const median = cells.find((cell) => cell.plugin === plugin && cell.path === path)?.median;
    return median == null ? null : median / scale.factor;
  };
  const rows = p50.flatMap((cell): Percentiles[] => {
    const [a, b, c] = [scaledMedian(p50, cell), scaledMedian(p90, cell), scaledMedian(p99, cell)];
    return a == null || b == null || c == null ? [] : [{ ...rowOf(cell), p50: a, p90: b, p99: c }];
  });
  if (rows.length === 0) return null;
  const svg = await percentileChart(scale.unit, rows);
  const caption =
    "Median of each percentile over the blocks. The tables below give the intervals. The axis starts at zero.";
  return chartFigure(svg, "Latency percentiles by plugin and path", caption);
}

async function lifecycleChart(figures: readonly Figure[]): Promise<Html | null> {
  const cells = metricsShownIn("lifecycle chart").flatMap((metric) => measured(figures, metric));
  if (cells.length === 0) return null;
  const scale = scaleFor(
    "s",
    cells.map(({ median }) => median ?? 0),
  );
  const dots = cells.map((cell): Dot => ({
    ...rowOf(cell),
    panel: metricLabel(cell.metric).en,
    value: (cell.median ?? 0) / scale.factor,
    interval: scaleInterval(cell.ci95, scale.factor),
    blocks: [],
  }));
  const svg = await barChart(scale.unit, dots);
  return chartFigure(
    svg,
    "Pod lifecycle times by plugin",
    "Median and 95 % confidence interval. The axis starts at zero.",
  );
}

function measured(figures: readonly Figure[], metric: string): SummaryCell[] {
  return figures.filter((figure) => figure.metric === metric).flatMap(measuredCells);
}
