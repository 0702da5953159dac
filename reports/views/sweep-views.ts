/** The cost of a growing parameter: packets by offered rate, ADD by existing pods, throughput by message size. */
import { metricsShownIn } from "../../core/metrics.ts";
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { scaleFor, type Scale } from "../format.ts";
import { joinSentences, type Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { cellsInPlanOrder } from "./figure-views.ts";
import { lineChart, type Line, type LinePanel, type Point } from "./line-chart.ts";
import { BASELINE, styleOf } from "./plugin-styles.ts";
import { type Sweep, type SweptParam, sweepsOf } from "./scenario-params.ts";
import type { View, ViewContext } from "./view.ts";

interface ParamFacts {
  /** Metrics with a panel. */
  readonly metrics: readonly string[];
  /** Unit of the x axis. */
  readonly unit: string;
  readonly title: Text;
  readonly caption: Text;
}

const PARAMS: Readonly<Record<SweptParam, ParamFacts>> = {
  rate: {
    metrics: metricsShownIn("rate chart"),
    unit: "Mbit/s",
    title: { en: "UDP: delivered against offered rate", zh: "UDP：送达速率与发送速率" },
    caption: {
      en: "Throughput (higher is better) and packet loss (lower is better) by offered rate; dashed: all arrive.",
      zh: "各发送速率下的吞吐量（越高越好）与丢包率（越低越好）；虚线：全部送达。",
    },
  },
  existing: {
    metrics: metricsShownIn("pods chart"),
    unit: "pods",
    title: { en: "Cost of one more pod", zh: "再增加一个 Pod 的开销" },
    caption: {
      en: "Time of ADD and DEL by the number of existing pods on the node. Lower is better.",
      zh: "节点上已有 Pod 数量不同时 ADD 与 DEL 的时间。越低越好。",
    },
  },
  size: {
    metrics: metricsShownIn("size chart"),
    unit: "B",
    title: { en: "Cost by message size", zh: "不同消息大小的开销" },
    caption: {
      en: "Throughput (higher is better) and CPU per Gbit/s (lower is better) by message size.",
      zh: "各消息大小下的吞吐量（越高越好）与每 Gbit/s 的 CPU 用量（越低越好）。",
    },
  },
};

const BAND: Text = {
  en: "Median of the blocks; band: 95 % confidence interval. Both axes can be logarithmic and start above zero.",
  zh: "各区组的中位数；色带：95 % 置信区间。坐标轴可能为对数刻度或不从零开始。",
};

/** Ratio of the largest and the smallest value from which an axis is logarithmic. */
const LOG_FROM = 20;

/** Returns the views by suite. */
export function sweepViews(context: ViewContext, figures: readonly Figure[]): ReadonlyMap<string, readonly View[]> {
  const views = sweepsOf(context.run).flatMap((sweep) => {
    const facts = PARAMS[sweep.param];
    const cells = facts.metrics.flatMap((metric) => cellsOf(context, sweep, figures, metric));
    const shown = cells.filter(({ cell }) => cell.state === "measured");
    if (new Set(shown.map(({ x }) => x)).size < 2) return [];
    const view: View = {
      id: context.id(sweep.suite, "by", sweep.param),
      title: facts.title,
      caption: joinSentences([facts.caption, BAND]),
      scenarios: sweep.steps.map(({ scenario }) => scenario),
      metrics: facts.metrics,
      draw: () => drawSweep(context, sweep.param, shown),
    };
    return [{ suite: sweep.suite, view }];
  });
  return new Map([...groupBy(views, ({ suite }) => suite)].map(([suite, own]) => [suite, own.map(({ view }) => view)]));
}

interface SweptCell {
  readonly x: number;
  readonly cell: SummaryCell;
}

function cellsOf(context: ViewContext, sweep: Sweep, figures: readonly Figure[], metric: string): SweptCell[] {
  return sweep.steps.flatMap(({ scenario, value }) =>
    figures
      .filter((figure) => figure.suite === sweep.suite && figure.scenario === scenario && figure.metric === metric)
      .flatMap((figure) => cellsInPlanOrder(context, figure).map((cell) => ({ x: value, cell }))),
  );
}

/** Draws a panel per metric and path, the paths below one another; the baseline is in each of them. */
async function drawSweep(context: ViewContext, param: SweptParam, cells: readonly SweptCell[]): Promise<string> {
  const values = [...new Set(cells.map(({ x }) => x))].toSorted((a, b) => a - b);
  const paths = [...new Set(cells.map(({ cell }) => cell.path).filter((path) => path !== BASELINE))];
  const metrics = PARAMS[param].metrics.filter((metric) => cells.some(({ cell }) => cell.metric === metric));
  const panels = paths.flatMap((path) =>
    metrics.map((metric): LinePanel => {
      const own = cells.filter(({ cell }) => cell.metric === metric && [BASELINE, path].includes(cell.path));
      const unit = own[0]?.cell.unit ?? "";
      const isDelivered = param === "rate" && unit === "bit/s";
      const scale = isDelivered ? OFFERED : unit === "1" ? PERCENT : scaleFor(unit, own.map(medianOf));
      return { title: `${metric}, ${path}`, ...panelOf(context, own, scale), ...(isDelivered && { diagonal: true }) };
    }),
  );
  const { type } = axisOf(values);
  return lineChart({ panels, columns: metrics.length, x: { title: PARAMS[param].unit, type, values }, marked: true });
}

/** The unit of offered rates, so that both axes of a panel can be compared. */
const OFFERED: Scale = { factor: 1e6, unit: "Mbit/s" };
/** For shares. */
const PERCENT: Scale = { factor: 0.01, unit: "%" };

function panelOf(
  context: ViewContext,
  cells: readonly SweptCell[],
  { factor, unit }: Scale,
): Pick<LinePanel, "unit" | "domain" | "type" | "lines"> {
  const lines = [...groupBy(cells, ({ cell }) => cell.plugin)].map(([plugin, own]): Line => ({
    plugin: styleOf(context.styles, plugin),
    points: own.map(({ x, cell }): Point => {
      const y = medianOf({ cell }) / factor;
      const [low, high] = cell.ci95?.map((end) => end / factor) ?? [];
      return { x, y, low: low ?? y, high: high ?? y };
    }),
  }));
  return { unit, lines, ...axisOf(lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]))) };
}

function medianOf({ cell }: Pick<SweptCell, "cell">): number {
  return cell.median ?? 0;
}

/** Returns a logarithmic axis for values that differ by orders of magnitude, otherwise one that starts at zero. */
function axisOf(values: readonly number[]): Pick<LinePanel, "domain" | "type"> {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > 0 && high / low >= LOG_FROM) return { domain: [low, high], type: "log" };
  return { domain: [0, high || 1], type: low === 0 && high >= LOG_FROM ? "symlog" : "linear" };
}
