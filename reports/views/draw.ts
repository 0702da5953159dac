/**
 * Draws charts as SVG with vega-lite and vega, without a browser or a script. Both are loaded on first use, because
 * together they take longer to load than the rest of cnibench. All charts have the same width, and colors are CSS
 * variables, so that one SVG fits every theme.
 */
import type { Runtime } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { compactSvg, DRAWING_FONT } from "./compact-svg.ts";

type FacetSpec = Extract<TopLevelSpec, { facet: unknown; spec: unknown }>;
/** One layer of a panel. */
export type Layer = Extract<FacetSpec["spec"], { layer: unknown }>["layer"][number];

/** Width of every view, px. */
export const VIEW_WIDTH = 1040;
/** Space for the labels of the y axis, px. */
export const LABEL_WIDTH = 160;
/** Width of charts with a text next to each row, and the gap before that text, px. */
export const PLOT_WIDTH = 690;
export const TEXT_GAP = 14;
/** Opacity of grid lines and ticks. */
const FAINT = { grid: 0.13, ticks: 0.4 } as const;
const FONT_SIZE = 12;

/** Numbers as in the text of a page. */
const LOCALE = {
  number: { decimal: ".", thousands: "\u202f", grouping: [3], currency: ["", ""] as [string, string] },
};

const CONFIG = {
  background: "transparent",
  font: DRAWING_FONT["font-family"],
  // The page has one description for each view and a table with its numbers.
  aria: false,
  locale: LOCALE,
  view: { stroke: null },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    tickColor: "currentColor",
    domainColor: "currentColor",
    gridColor: "currentColor",
    gridOpacity: FAINT.grid,
    tickOpacity: FAINT.ticks,
    domainOpacity: FAINT.ticks,
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 500,
  },
  axisX: { tickCount: 6, labelFlush: false },
  axisY: { domain: false, ticks: false, labelPadding: 8, labelLimit: 0 },
  header: { labelColor: "currentColor", labelFontSize: FONT_SIZE, labelFontWeight: 600 },
  title: { color: "currentColor", fontSize: FONT_SIZE, fontWeight: 600, anchor: "start" },
  text: { color: "currentColor", fontSize: FONT_SIZE },
  rule: { color: "currentColor" },
  legend: {
    labelColor: "currentColor",
    labelFontSize: FONT_SIZE,
    labelLimit: 0,
    symbolLimit: 0,
    symbolSize: 60,
    titleColor: "currentColor",
    orient: "top",
    columns: 5,
  },
} as const;

/** Fits each panel header into the line above its panel. */
export const PANEL_HEADER = { labelOrient: "top", labelAnchor: "start", labelPadding: 2 } as const;

/** @param spec a chart that is at most {@link VIEW_WIDTH} wide */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const { View, Error: errorLevel } = await import("vega");
  const [template, rows] = withoutRows(spec);
  const view = new View(await runtimeOf(template), { renderer: "none", logLevel: errorLevel });
  try {
    if (rows !== null) view.data(ROWS, rows);
    return fullWidth(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Name of the data of a chart. */
const ROWS = "rows";

/** Splits a chart into its form, which many charts share, and its data; null if its parts have their own data. */
function withoutRows(spec: TopLevelSpec): [TopLevelSpec, object[] | null] {
  const { data } = spec;
  if (!data || !("values" in data) || !Array.isArray(data.values)) return [spec, null];
  return [{ ...spec, data: { name: ROWS } }, data.values as object[]];
}

const MAX_RUNTIMES = 50;
const runtimes = new Map<string, Runtime>();

/** Compiles a chart without its data. Compiling takes longer than drawing, so that charts of one form share it. */
async function runtimeOf(spec: TopLevelSpec): Promise<Runtime> {
  const key = JSON.stringify(spec);
  const known = runtimes.get(key);
  if (known !== undefined) return known;
  const [{ compile }, { parse, logger, Error: errorLevel }] = await Promise.all([import("vega-lite"), import("vega")]);
  const complete = { ...spec, config: CONFIG, padding: 4 };
  const runtime = parse(compile(complete, { logger: logger(errorLevel) }).spec);
  if (runtimes.size >= MAX_RUNTIMES) runtimes.clear();
  runtimes.set(key, runtime);
  return runtime;
}

const FONT_ATTRIBUTES = Object.entries(DRAWING_FONT)
  .map(([name, value]) => ` ${name}="${value}"`)
  .join("");

/** Gives the drawing the width of all views, so that all have the same scale and their axes are aligned. */
function fullWidth(svg: string): string {
  return compactSvg(svg).replace(
    /^<svg [^>]*?height="([\d.]+)"[^>]*>/,
    (_, height: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${VIEW_WIDTH}" height="${Math.ceil(Number(height))}" ` +
      `viewBox="0 0 ${VIEW_WIDTH} ${Math.ceil(Number(height))}"${FONT_ATTRIBUTES}>`,
  );
}
