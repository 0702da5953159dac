/** Converts cells to rows of charts, and charts to figures. */
import type { SummaryCell } from "../../results/index.ts";
import type { Dot } from "../charts.ts";
import type { Figure } from "../questions.ts";
import { html, trusted, type Html } from "./markup.ts";

/** Returns the measured cells of a figure: the baseline, then each path with the best plugin first. */
export function measuredCells(figure: Figure): SummaryCell[] {
  const baseline = figure.baseline === null ? [] : [figure.baseline];
  const pods = figure.questions.flatMap(({ rankedCells }) => rankedCells.map(({ cell }) => cell));
  return [...baseline, ...pods].filter(({ state }) => state === "measured");
}

/** Returns the labels of a cell in a chart. */
export function rowOf(cell: SummaryCell): Pick<Dot, "panel" | "plugin" | "kind"> {
  const baseline = cell.path === "host";
  return {
    panel: baseline ? "host (baseline)" : cell.path,
    plugin: cell.plugin,
    kind: baseline ? "baseline" : "plugin",
  };
}

/** Converts an interval to the unit of a chart. */
export function scaleInterval(interval: readonly [number, number] | null, factor: number): [number, number] | null {
  return interval && [interval[0] / factor, interval[1] / factor];
}

/**
 * Returns a chart with a caption and a description for screen readers.
 * @param svg output of vega, whose text is already escaped
 */
export function chartFigure(svg: string, label: string, caption: string): Html {
  const drawing = trusted(svg.slice(svg.indexOf("<svg ") + 5));
  return html`<figure>
    <svg role="img" aria-label="${label}; see the table for the values" ${drawing}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
