/** Line charts: panels with one line per plugin and a band around it. */
import { drawSvg, VIEW_WIDTH, type Layer } from "./draw.ts";
import type { PluginStyle } from "./plugin-styles.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The band around y. */
  readonly low: number;
  readonly high: number;
}

export interface Line {
  readonly plugin: PluginStyle;
  readonly points: readonly Point[];
}

export type AxisType = "linear" | "log" | "symlog";

export interface LinePanel {
  readonly title: string;
  /** Unit of the y axis. */
  readonly unit: string;
  /** Lowest and highest value of the y axis. */
  readonly domain: readonly [number, number];
  readonly type: AxisType;
  readonly lines: readonly Line[];
  /** A dashed line of equal x and y. */
  readonly diagonal?: true;
}

export interface LineChart {
  readonly panels: readonly LinePanel[];
  /** Panels next to each other. */
  readonly columns: number;
  readonly x: {
    readonly title: string;
    readonly type: AxisType;
    /** Positions of the labels; default: chosen by the axis. */
    readonly values?: readonly number[];
    /** Expression of vega for a label. */
    readonly label?: string;
  };
  /** Marks the points of a line, if there are only a few. */
  readonly marked: boolean;
}

const PANEL_HEIGHT_PX = 190;
/** Space of a panel for its y axis, px. */
const AXIS_WIDTH_PX = 72;
const GAP_PX = 24;
const BAND_OPACITY = 0.16;

export async function lineChart(chart: LineChart): Promise<string> {
  const columns = Math.min(chart.columns, chart.panels.length);
  const width = Math.floor((VIEW_WIDTH - 24 - (columns - 1) * GAP_PX) / columns) - AXIS_WIDTH_PX;
  const plugins = [...new Set(chart.panels.flatMap(({ lines }) => lines.map(({ plugin }) => plugin)))];
  return drawSvg({
    concat: chart.panels.map((panel) => panelSpec(panel, chart, plugins, width)),
    columns,
    spacing: GAP_PX,
  });
}

function panelSpec(panel: LinePanel, chart: LineChart, plugins: readonly PluginStyle[], width: number) {
  const { title, unit, domain, type, lines, diagonal } = panel;
  const x = {
    field: "x",
    type: "quantitative",
    title: chart.x.title,
    scale: { type: chart.x.type, nice: false, padding: 8, ...(chart.x.type === "log" ? {} : { zero: false }) },
    axis: {
      grid: false,
      ...(chart.x.values === undefined ? {} : { values: [...chart.x.values] }),
      ...(chart.x.label === undefined ? {} : { labelExpr: chart.x.label }),
    },
  } as const;
  const scale = { type, domain: [...domain], nice: true };
  const axis = { minExtent: AXIS_WIDTH_PX - 30, tickCount: 5, titlePadding: 10 };
  const y = { field: "y", type: "quantitative", title: unit, scale, axis } as const;
  const names = plugins.map(({ label }) => label);
  const color = {
    field: "plugin",
    type: "nominal",
    title: null,
    scale: { domain: names, range: plugins.map((plugin) => plugin.color) },
    // Not the opacity of the band.
    legend: { symbolOpacity: 1 },
  } as const;
  const shape = { ...color, scale: { domain: names, range: plugins.map((plugin) => plugin.shape) } } as const;
  const line = { type: "line", strokeWidth: 2 } as const;
  const layers: Layer[] = [
    {
      mark: { type: "area", opacity: BAND_OPACITY },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    { mark: line, encoding: { x, y, color } },
    ...(chart.marked
      ? [{ mark: { type: "point", filled: true, size: 60, opacity: 1 }, encoding: { x, y, color, shape } } as const]
      : []),
    ...(diagonal === true ? [diagonalLayer(panel, x, y)] : []),
  ];
  return { title, width, height: PANEL_HEIGHT_PX, data: { values: pointsOf(lines) }, layer: layers };
}

/** Draws where both axes have the same value. */
function diagonalLayer({ lines, domain }: LinePanel, x: object, y: object): Layer {
  const positions = lines.flatMap(({ points }) => points.map((point) => point.x));
  const ends = [Math.max(domain[0], Math.min(...positions)), Math.min(domain[1], Math.max(...positions))];
  return {
    data: { values: ends.map((value) => ({ x: value, y: value })) },
    mark: { type: "line", strokeDash: [4, 3], color: "currentColor", opacity: 0.6, strokeWidth: 1 },
    encoding: { x, y },
  };
}

function pointsOf(lines: readonly Line[]) {
  return lines.flatMap(({ plugin, points }) => points.map((point) => ({ plugin: plugin.label, ...point })));
}
