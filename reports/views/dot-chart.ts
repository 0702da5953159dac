/** Dot charts: per row a typical value with its interval and the single values behind it. */
import { drawSvg, LABEL_WIDTH, PANEL_HEADER, PLOT_WIDTH, TEXT_GAP, type Layer } from "./draw.ts";
import type { PluginStyle } from "./plugin-styles.ts";

export interface DotRow {
  /** Panel that contains the row. Panels share one axis and are stacked: one per path, or one per metric. */
  readonly panel: string;
  readonly plugin: PluginStyle;
  /** null: not measured; the row is empty. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** Values of the blocks, or of single repetitions. */
  readonly points: readonly number[];
  /** The value with its interval, next to the row. */
  readonly text: string;
}

export interface DotChart {
  readonly rows: readonly DotRow[];
  /** Unit of the values, or another title of the axis that needs no translation. */
  readonly unit: string;
  /** Position of a dashed line through all panels: the baseline, or 1 in a chart of ratios. */
  readonly reference?: number | undefined;
  /** The axis starts at zero. Default: it is zoomed to the data, because dots do not encode values as areas. */
  readonly fromZero?: boolean;
}

/** Height of a row, px, for charts of a few and of many rows. */
const STEPS = { few: 24, many: 15 } as const;
const FEW_ROWS = 40;
/** Ratio of the largest and the smallest value from which the axis is logarithmic. */
const LOG_FROM = 50;

/** Reports whether the axis of a chart is logarithmic: all values are positive and differ by orders of magnitude. */
export function isLogarithmic({ rows, fromZero = false }: DotChart): boolean {
  if (fromZero) return false;
  const values = rows.flatMap(({ value, interval, points }) => [
    ...(value === null ? [] : [value]),
    ...(interval ?? []),
    ...points,
  ]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low >= LOG_FROM;
}

export async function dotChart(chart: DotChart): Promise<string> {
  const { rows, reference } = chart;
  const panels = [...new Set(rows.map(({ panel }) => panel))];
  return drawSvg({
    data: { values: partsOf(rows, panels, reference) },
    facet: { field: "panel", type: "nominal", sort: { field: "order", op: "min" }, title: null, header: PANEL_HEADER },
    columns: 1,
    spec: {
      width: PLOT_WIDTH,
      height: { step: rows.length > FEW_ROWS ? STEPS.many : STEPS.few },
      layer: layersOf(chart),
    },
    resolve: { scale: { y: "independent" } },
    spacing: 10,
  });
}

function layersOf(chart: DotChart): Layer[] {
  const { unit, fromZero = false } = chart;
  const axis = { minExtent: LABEL_WIDTH, maxExtent: LABEL_WIDTH } as const;
  const y = { field: "label", type: "nominal", sort: null, title: null, axis } as const;
  const scale = isLogarithmic(chart) ? ({ type: "log" } as const) : { zero: fromZero };
  const x = { field: "value", type: "quantitative", title: unit, scale } as const;
  const color = { field: "color", type: "nominal", scale: null, legend: null } as const;
  const shape = { field: "shape", type: "nominal", scale: null, legend: null } as const;
  // The texts are first, because the first layer decides the order of the rows, and rows without a value have a text.
  return [
    {
      transform: [isPart("typical")],
      mark: { type: "text", align: "left", baseline: "middle" },
      encoding: { x: { value: PLOT_WIDTH + TEXT_GAP }, y, text: { field: "text", type: "nominal" } },
    },
    { transform: [isPart("reference")], mark: { type: "rule", strokeDash: [4, 3], opacity: 0.6 }, encoding: { x } },
    {
      transform: [isPart("point")],
      mark: { type: "point", filled: true, size: 20, opacity: 1, fillOpacity: 0.45 },
      encoding: { x, y, color },
    },
    {
      transform: [isPart("typical"), { filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 2.5 },
      encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, color },
    },
    {
      transform: [isPart("typical"), { filter: "isValid(datum.value)" }],
      mark: { type: "point", filled: true, size: 90, opacity: 1, stroke: "var(--paper)", strokeWidth: 1 },
      encoding: { x, y, color, shape },
    },
  ];
}

function isPart(part: string) {
  return { filter: { field: "part", equal: part } };
}

/** Returns the data of the layers. A reference belongs to an existing row, because a separate one would be drawn. */
function partsOf(rows: readonly DotRow[], panels: readonly string[], reference: number | undefined) {
  const seen = new Set<string>();
  return rows.flatMap(({ panel, plugin: { label, color, shape }, value, interval, points, text }) => {
    const row = { panel, order: panels.indexOf(panel), label, color, shape };
    const [low = null, high = null] = interval ?? [];
    const typical = { ...row, part: "typical", value, low, high, text };
    const first = !seen.has(panel);
    seen.add(panel);
    return [
      typical,
      ...points.map((point) => ({ ...row, part: "point", value: point })),
      ...(first && reference !== undefined ? [{ ...row, part: "reference", value: reference }] : []),
    ];
  });
}
