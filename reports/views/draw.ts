/**
 * Draws charts as SVG with vega-lite and vega, without a browser or a script. Both are loaded on first use, because
 * together they take longer to load than the rest of cnibench. All charts have the same width, and colors are CSS
 * variables, so that one SVG fits every theme.
 */
import type { TopLevelSpec } from "vega-lite";

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

const CONFIG = {
  background: "transparent",
  font: "system-ui, sans-serif",
  // The page has one description for each view and a table with its numbers.
  aria: false,
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
  const [{ compile }, { parse, View, logger, Error: errorLevel }] = await Promise.all([
    import("vega-lite"),
    import("vega"),
  ]);
  const complete = { ...spec, config: CONFIG, padding: 4 };
  const view = new View(parse(compile(complete, { logger: logger(errorLevel) }).spec), {
    renderer: "none",
    logLevel: errorLevel,
  });
  try {
    return fullWidth(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Gives the drawing the width of all views, so that all have the same scale and their axes are aligned. */
function fullWidth(svg: string): string {
  return compact(svg).replace(
    /^<svg [^>]*?height="([\d.]+)"[^>]*>/,
    (_, height: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${VIEW_WIDTH}" height="${Math.ceil(Number(height))}" ` +
      `viewBox="0 0 ${VIEW_WIDTH} ${Math.ceil(Number(height))}">`,
  );
}

/** Attributes without effect on a drawing that has one description. */
const NEEDLESS_ATTRIBUTES = / (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"| (?:opacity|stroke-width)="1"/g;
/** More decimals of a coordinate than show. Numbers outside of tags are values. */
const DECIMALS = /(\d\.\d{2})\d+/g;
const EMPTY_PATH = /<path d="M0,0h[\d.-]+v0h[\d.-]+Z"\/>|<path d="M0\.5,0\.5h[\d.]+v[\d.]+h-[\d.]+Z"\/>/g;
const CIRCLE = /<path transform="translate\(([\d.-]+),([\d.-]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g;

/** Shortens the output of vega to about a half. Text keeps its form, because `<` is escaped there. */
function compact(svg: string): string {
  const tags = svg.replace(/<[^>]+>/g, (tag) => tag.replace(NEEDLESS_ATTRIBUTES, "").replace(DECIMALS, "$1"));
  const drawn = tags.replace(EMPTY_PATH, "").replace(CIRCLE, '<circle cx="$1" cy="$2" r="$3"');
  return withoutEmptyGroups(drawn);
}

function withoutEmptyGroups(svg: string): string {
  const rest = svg.replace(/<g(?: transform="[^"]*")?>(?:<\/g>)|<g\/>/g, "");
  return rest === svg ? svg : withoutEmptyGroups(rest);
}
