/** The charts of a report. Values are in the unit of the chart; color only repeats what a label shows. */
import { printable } from "../core/errors.ts";
import { drawPanels } from "./draw.ts";

/** A row of a chart: one plugin on one path, or the baseline. */
interface Row {
  /** Panel that contains the row. Panels share one axis and are stacked: one per path, or one per metric. */
  readonly panel: string;
  readonly plugin: string;
  readonly kind: "plugin" | "baseline";
}

/** A median with its 95 % interval (null: too few blocks for one) and the value of each block. */
export interface Dot extends Row {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
  readonly blocks: readonly number[];
}

export interface Percentiles extends Row {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Characters of a plugin name in a chart, so that the plot has enough space. */
const MAX_PLUGIN_LABEL_LENGTH = 24;

const COLOR_ENCODING = {
  field: "kind",
  type: "nominal",
  legend: null,
  scale: { domain: ["plugin", "baseline"], range: ["#2f7dc4", "#808890"] },
} as const;
const PLUGIN_ENCODING = { field: "plugin", type: "nominal", sort: null, title: null } as const;

/**
 * Draws the median, the interval and the block values of each row. The axis is zoomed to the data, which is safe
 * because dots, unlike bars, do not encode values as areas.
 * @param reference position of a dashed line, e.g. 1 in a chart of ratios
 */
export async function dotChart(title: string, dots: readonly Dot[], reference?: number): Promise<string> {
  const x = { field: "value", type: "quantitative", title, scale: { zero: false } } as const;
  const rows = dots.flatMap((dot) => [
    medianRow(dot),
    ...dot.blocks.map((value) => ({ ...rowLabels(dot), part: "block", value })),
  ]);
  // One line per panel, attached to an existing row, because a separate row would be drawn as an empty one.
  const firstDots = dots.filter((dot, index) => dots.findIndex(({ panel }) => panel === dot.panel) === index);
  const references =
    reference === undefined ? [] : firstDots.map((dot) => ({ ...rowLabels(dot), part: "reference", value: reference }));
  return drawPanels([...rows, ...references], 24, [
    {
      transform: [partFilter("block")],
      mark: { type: "point", filled: true, size: 16, opacity: 0.4 },
      encoding: { x, y: PLUGIN_ENCODING, color: COLOR_ENCODING },
    },
    {
      transform: [partFilter("median")],
      mark: { type: "rule", strokeWidth: 2 },
      encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: PLUGIN_ENCODING, color: COLOR_ENCODING },
    },
    {
      transform: [partFilter("median")],
      mark: { type: "point", filled: true, size: 80, opacity: 1 },
      encoding: { x, y: PLUGIN_ENCODING, color: COLOR_ENCODING },
    },
    {
      transform: [partFilter("reference")],
      mark: { type: "rule", color: "currentColor", strokeDash: [4, 3], opacity: 0.7 },
      encoding: { x },
    },
  ]);
}

/** Draws bars that start at zero, with their intervals. */
export async function barChart(title: string, dots: readonly Dot[]): Promise<string> {
  const x = { field: "value", type: "quantitative", title, scale: { zero: true } } as const;
  return drawPanels(dots.map(medianRow), 20, [
    { mark: { type: "bar", height: 12, opacity: 0.75 }, encoding: { x, y: PLUGIN_ENCODING, color: COLOR_ENCODING } },
    {
      mark: { type: "rule", strokeWidth: 2, color: "currentColor" },
      encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: PLUGIN_ENCODING },
    },
  ]);
}

/** Draws three percentiles per row, distinguished by shape, on an axis that starts at zero. */
export async function percentileChart(title: string, rows: readonly Percentiles[]): Promise<string> {
  const names = ["p50", "p90", "p99"] as const;
  const points = rows.flatMap((row) =>
    names.map((percentile) => ({ ...rowLabels(row), part: "point", percentile, value: row[percentile] })),
  );
  const ranges = rows.map((row) => ({ ...rowLabels(row), part: "range", low: row.p50, high: row.p99 }));
  const x = { field: "value", type: "quantitative", title, scale: { zero: true } } as const;
  const shape = {
    field: "percentile",
    type: "nominal",
    title: null,
    scale: { domain: [...names], range: ["circle", "square", "triangle-up"] },
  } as const;
  return drawPanels([...ranges, ...points], 24, [
    {
      transform: [partFilter("range")],
      mark: { type: "rule", opacity: 0.6 },
      encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: PLUGIN_ENCODING, color: COLOR_ENCODING },
    },
    {
      transform: [partFilter("point")],
      mark: { type: "point", filled: true, size: 64, opacity: 1 },
      encoding: { x, y: PLUGIN_ENCODING, color: COLOR_ENCODING, shape },
    },
  ]);
}

function partFilter(part: string) {
  return { filter: { field: "part", equal: part } };
}

function medianRow(dot: Dot) {
  const [low, high] = dot.interval ?? [dot.value, dot.value];
  return { ...rowLabels(dot), part: "median", value: dot.value, low, high };
}

/** Makes names printable, because they come from users and plugins, and truncates plugin names. */
function rowLabels({ panel, plugin, kind }: Row) {
  const name = printable(plugin);
  const truncated = name.length > MAX_PLUGIN_LABEL_LENGTH ? `${name.slice(0, MAX_PLUGIN_LABEL_LENGTH - 1)}…` : name;
  return { panel: printable(panel), plugin: truncated, kind };
}
