/**
 * Draws charts as SVG with vega-lite and vega, without a browser or a script. Both are loaded on first use, because
 * together they take longer to load than the rest of cnibench.
 */
import type { TopLevelSpec } from "vega-lite";

type FacetSpec = Extract<TopLevelSpec, { facet: unknown; spec: unknown }>;
/** One layer of a panel. */
export type Layer = Extract<FacetSpec["spec"], { layer: unknown }>["layer"][number];

/** Narrow enough for a phone; wider screens place charts side by side. */
const PLOT_WIDTH_PX = 240;

const CONFIG = {
  background: "transparent",
  font: "system-ui, sans-serif",
  // The page has one description for each chart and a table with its numbers.
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    tickColor: "currentColor",
    domainColor: "currentColor",
    gridColor: "currentColor",
    gridOpacity: 0.13,
    tickOpacity: 0.4,
    domainOpacity: 0.4,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500,
    tickCount: 4,
  },
  axisY: { domain: false, ticks: false, labelPadding: 8, labelLimit: 150 },
  header: { labelColor: "currentColor", labelFontSize: 12, labelFontWeight: 600 },
  legend: {
    labelColor: "currentColor",
    labelFontSize: 12,
    symbolFillColor: "currentColor",
    symbolStrokeColor: "currentColor",
    orient: "top",
  },
} as const;

const PANEL_HEADER = { labelOrient: "top", labelAnchor: "start", labelPadding: 4 } as const;

/**
 * Draws panels below one another on one x axis, in the order of their first rows.
 * @param step height of one row, px
 * @param width width of a panel, px
 */
export async function drawPanels(
  rows: readonly { readonly panel: string }[],
  step: number,
  layers: readonly Layer[],
  width = PLOT_WIDTH_PX,
): Promise<string> {
  const [{ compile }, { parse, View, logger, Error: errorLevel }] = await Promise.all([
    import("vega-lite"),
    import("vega"),
  ]);
  const panels = [...new Set(rows.map(({ panel }) => panel))];
  const spec: TopLevelSpec = {
    data: { values: rows.map((row) => ({ ...row, order: panels.indexOf(row.panel) })) },
    facet: { field: "panel", type: "nominal", sort: { field: "order", op: "min" }, title: null, header: PANEL_HEADER },
    columns: 1,
    spec: { width, height: { step }, layer: [...layers] },
    resolve: { scale: { y: "independent" } },
    spacing: 14,
    config: CONFIG,
  };
  const view = new View(parse(compile(spec, { logger: logger(errorLevel) }).spec), {
    renderer: "none",
    logLevel: errorLevel,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
