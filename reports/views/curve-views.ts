/** Percentile curves of single samples, such as latencies, from the distributions of repetitions. */
import { groupBy } from "../../core/group.ts";
import { type Distribution, median } from "../../results/index.ts";
import { scaleFor } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";
import type { Point } from "./line-chart.ts";
import { type Curve, drawCurves, tail } from "./percentile-view.ts";
import { styleOf } from "./plugin-styles.ts";
import type { Detail } from "./stored-details.ts";
import { inPlanOrder, type View, type ViewContext } from "./view.ts";

/** Percentiles with a label, as shares. */
const LABELED = [0.5, 0.9, 0.99, 0.999, 0.9999] as const;

const CAPTION: Text = {
  en: "Percentiles of single samples: median over the blocks; band: lowest to highest block. Lower is better.",
  zh: "单个样本的百分位数：各区组的中位数；色带：最低到最高的区组。越低越好。",
};

/** Returns a view per quantity. @param details of one scenario */
export function curveViews(context: ViewContext, details: readonly Detail<Distribution>[]): View[] {
  return [...groupBy(details, ({ detail }) => detail.name)].flatMap(([name, own]) => {
    const [first] = own;
    const cells = [
      ...groupBy(inPlanOrder(context, own), ({ path, plugin }) => JSON.stringify([path, plugin])).values(),
    ];
    const curves = cells.map((same) => curveOf(context, same)).filter(({ points }) => points.length > 1);
    if (first === undefined || curves.length === 0) return [];
    const label = metricLabel(name);
    return [
      {
        id: context.id(first.scenario, name, "percentiles"),
        title: { en: `${label.en}: percentiles`, zh: `${label.zh}：百分位数` },
        caption: CAPTION,
        metrics: [name],
        draw: () => drawScaled(curves, first.detail.unit),
      },
    ];
  });
}

function curveOf(context: ViewContext, details: readonly Detail<Distribution>[]): Curve {
  const [{ plugin = "", path = "" } = {}] = details;
  return { plugin: styleOf(context.styles, plugin), path, points: percentilePoints(details) };
}

/**
 * Returns the points of the levels that every repetition has. The value of a block is the median of its repetitions.
 * The maximum has no position on the axis.
 */
export function percentilePoints(details: readonly Pick<Detail<Distribution>, "block" | "detail">[]): Point[] {
  const blocks = [...groupBy(details, ({ block }) => block).values()];
  const levels = (details[0]?.detail.levels ?? []).filter(
    (level) => level < 1 && details.every(({ detail }) => detail.levels.includes(level)),
  );
  return levels.map((level) => {
    const values = blocks.map((block) =>
      median(block.map(({ detail }) => detail.values[detail.levels.indexOf(level)] ?? 0)),
    );
    return { x: tail(level), y: median(values), low: Math.min(...values), high: Math.max(...values) };
  });
}

async function drawScaled(curves: readonly Curve[], unit: string): Promise<string> {
  const typical = curves.flatMap(({ points }) => points.filter(({ x }) => x <= tail(0.5)).map(({ y }) => y));
  const scale = scaleFor(unit, typical);
  const scaled = curves.map(({ points, ...curve }) => ({
    ...curve,
    points: points.map(({ x, y, low, high }) => ({
      ...{ x, y: y / scale.factor },
      ...{ low: low / scale.factor, high: high / scale.factor },
    })),
  }));
  const last = Math.max(...curves.flatMap(({ points }) => points.map(({ x }) => x)));
  return drawCurves(
    scaled,
    scale.unit,
    LABELED.map(tail).filter((position) => position <= last),
  );
}
