/** How a quantity changes during a load, from the series of repetitions. */
import { groupBy } from "../../core/group.ts";
import { findMetric } from "../../core/metrics.ts";
import { median, type Series } from "../../results/index.ts";
import { betterSentence, scaleFor, type Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { joinSentences, type Text } from "../language/text.ts";
import { lineChart, type Line, type LinePanel, type Point } from "./line-chart.ts";
import { BASELINE, styleOf } from "./plugin-styles.ts";
import type { Detail } from "./stored-details.ts";
import { inPlanOrder, type View, type ViewContext } from "./view.ts";

/** Points of a line; adjacent intervals of a longer load share one. */
const MAX_POINTS = 150;

const CAPTION: Text = {
  en:
    "Value of each interval of the load: median of all repetitions; band: lowest to highest. Intervals before 0 s " +
    "are the warm-up. The axis starts at zero.",
  zh: "负载期间每个时间段的值：所有重复的中位数；色带：最低到最高。0 秒之前为预热。坐标轴从零开始。",
};

/** Returns a view per quantity. @param details of one scenario */
export function seriesViews(context: ViewContext, details: readonly Detail<Series>[]): View[] {
  return [...groupBy(details, ({ detail }) => detail.name)].flatMap(([name, own]): View[] => {
    const [first] = own;
    if (first === undefined || own.every(({ detail }) => detail.values.every((value) => value === null))) return [];
    const label = metricLabel(name);
    return [
      {
        id: context.id(first.scenario, name, "time"),
        title: { en: `${label.en} during the load`, zh: `负载期间的${label.zh}` },
        caption: joinSentences([CAPTION, betterSentence(findMetric(name)?.better ?? "none")]),
        metrics: [name],
        draw: () => drawSeries(context, inPlanOrder(context, own)),
      },
    ];
  });
}

async function drawSeries(context: ViewContext, details: readonly Detail<Series>[]): Promise<string> {
  const values = details.flatMap(({ detail }) => detail.values.filter((value) => value !== null));
  const high = Math.max(...values);
  const scale = scaleFor(details[0]?.detail.unit ?? "1", [high]);
  const linesOn = (path: string): Line[] =>
    [
      ...groupBy(
        details.filter((each) => each.path === path),
        ({ plugin }) => plugin,
      ),
    ].map(([plugin, own]) => ({
      plugin: styleOf(context.styles, plugin),
      points: seriesPoints(
        own.map(({ detail }) => detail),
        scale,
      ),
    }));
  const paths = [...new Set(details.map(({ path }) => path))].filter((path) => path !== BASELINE);
  const baseline = linesOn(BASELINE);
  return lineChart({
    panels: (paths.length === 0 ? [BASELINE] : paths).map((path): LinePanel => ({
      ...{ title: path, unit: scale.unit, type: "linear", domain: [0, high / scale.factor || 1] },
      lines: path === BASELINE ? baseline : [...baseline, ...linesOn(path)],
    })),
    columns: 2,
    x: { title: "s", type: "linear" },
    marked: false,
  });
}

/** Returns the points of the intervals, at their middle. */
export function seriesPoints(all: readonly Series[], { factor }: Scale): Point[] {
  const samples = all.flatMap(({ start, interval, values }) =>
    values.flatMap((value, index) =>
      value === null ? [] : [{ time: (start + (index + 0.5) * interval).toFixed(3), value: value / factor }],
    ),
  );
  const times = [...groupBy(samples, ({ time }) => time)].toSorted(([a], [b]) => Number(a) - Number(b));
  const merged = Math.ceil(times.length / MAX_POINTS);
  return [...groupBy([...times.entries()], ([position]) => Math.floor(position / merged)).values()].map((same) => {
    const values = same.flatMap(([, [, own]]) => own.map(({ value }) => value));
    const x = same.reduce((sum, [, [time]]) => sum + Number(time), 0) / same.length;
    return { x, y: median(values), low: Math.min(...values), high: Math.max(...values) };
  });
}
