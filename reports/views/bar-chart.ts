/** Bars that start at zero and consist of parts, which differ in opacity. */
import type { TopLevelSpec } from "vega-lite";
import { drawSvg, LABEL_WIDTH, PANEL_HEADER, PLOT_WIDTH, TEXT_GAP } from "./draw.ts";
import type { PluginStyle } from "./plugin-styles.ts";

export interface Bar {
  /** Panel that contains the bar; panels share one axis and are stacked. */
  readonly panel: string;
  readonly plugin: PluginStyle;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
  /** The total, next to the bar. */
  readonly text: string;
}

const STEP_PX = 24;
const BAR_HEIGHT_PX = 13;
/** Opacities of the first part of a bar and of the last one. */
const OPACITIES = [1, 0.3] as const;

/** @param unit of the values */
export async function barChart(bars: readonly Bar[], unit: string): Promise<string> {
  const panels = [...new Set(bars.map(({ panel }) => panel))];
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const y = {
    field: "label",
    type: "nominal",
    sort: null,
    title: null,
    axis: { minExtent: LABEL_WIDTH, maxExtent: LABEL_WIDTH },
  } as const;
  const spec: TopLevelSpec = {
    data: { values: rowsOf(bars, panels, names) },
    facet: {
      ...{ field: "panel", type: "nominal", sort: { field: "panelOrder", op: "min" }, title: null },
      header: PANEL_HEADER,
    },
    columns: 1,
    spec: {
      width: PLOT_WIDTH,
      height: { step: STEP_PX },
      layer: [
        {
          mark: { type: "bar", height: BAR_HEIGHT_PX },
          encoding: {
            x: { field: "value", type: "quantitative", title: unit, stack: "zero" },
            y,
            order: { field: "partOrder", type: "quantitative" },
            color: { field: "color", type: "nominal", scale: null, legend: null },
            opacity: {
              ...{ field: "name", type: "nominal", title: null },
              scale: { domain: names, range: names.map((_, index) => opacityOf(index, names.length)) },
              legend: { symbolType: "square", symbolFillColor: "currentColor", symbolStrokeWidth: 0 },
            },
          },
        },
        {
          mark: { type: "text", align: "left", baseline: "middle" },
          encoding: { x: { value: PLOT_WIDTH + TEXT_GAP }, y, text: { field: "text", type: "nominal" } },
        },
      ],
    },
    resolve: { scale: { y: "independent" } },
    spacing: 10,
  };
  return drawSvg(spec);
}

function rowsOf(bars: readonly Bar[], panels: readonly string[], names: readonly string[]) {
  return bars.flatMap(({ panel, plugin: { label, color }, parts, text }) =>
    parts.map(({ name, value }, index) => ({
      ...{ panel, panelOrder: panels.indexOf(panel), label, color, name, partOrder: names.indexOf(name), value },
      text: index === 0 ? text : "",
    })),
  );
}

function opacityOf(index: number, count: number): number {
  const [first, last] = OPACITIES;
  return count === 1 ? first : first - ((first - last) * index) / (count - 1);
}
