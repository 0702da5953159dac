/** The measurements: one section per scenario with the rankings, charts and table of each metric. */
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { dotChart } from "../charts.ts";
import type { Dot } from "../charts.ts";
import { betterLabel, metricLabel, commonScale } from "../format.ts";
import type { Scale } from "../format.ts";
import type { Figure } from "../questions.ts";
import { rankingSentence } from "../sentences.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { overviewCharts } from "./overview-charts.ts";
import { chartFigure, measuredCells, rowOf, scaleInterval } from "./chart-parts.ts";
import { figureTable } from "./table.ts";

/** The figures of a run, and those with charts. */
export interface RunFigures {
  readonly figures: readonly Figure[];
  readonly charted: ReadonlySet<Figure>;
}

/**
 * @param prefix makes element ids unique if a page shows several runs
 * @param extraContent additional content of scenarios, by `suite / scenario`
 */
export async function scenarioSections(
  { figures, charted }: RunFigures,
  prefix: string,
  extraContent: ReadonlyMap<string, Html>,
): Promise<Html> {
  const scenarios = [...groupBy(figures, ({ suite, scenario }) => `${suite} / ${scenario}`)];
  const sections = scenarios.map(async ([name, each], index) => {
    const ranked = each.filter(({ better }) => better !== "none");
    const parts = await Promise.all(ranked.map((figure) => figureSection(figure, charted.has(figure))));
    return html`<section id="${prefix}scenario-${index + 1}">
      <h2>${name} <small>${each[0]?.runner ?? ""}</small></h2>
      ${await overviewCharts(each.filter((figure) => charted.has(figure)))} ${parts} ${extraContent.get(name) ?? null}
      ${unranked(each.filter(({ better }) => better === "none"))}
    </section>`;
  });
  return html`${await Promise.all(sections)}`;
}

async function figureSection(figure: Figure, isCharted: boolean): Promise<Html> {
  const cells = measuredCells(figure);
  const scale = commonScale(figure.unit, cells);
  const rankings = figure.questions.map(
    (question) => html`<li><strong>${question.path}:</strong> ${rankingSentence(figure, question)}</li>`,
  );
  const charts = isCharted
    ? html`<div class="charts">${await valueChart(figure, cells, scale)}${await ratioChart(figure, cells)}</div>`
    : null;
  return html`<article>
    <h3>${metricLabel(figure.metric)} <small>${betterLabel(figure.better)}</small></h3>
    <ul class="answers">
      ${rankings}
    </ul>
    ${charts} ${figureTable(figure, scale)}
  </article>`;
}

async function valueChart(figure: Figure, cells: readonly SummaryCell[], scale: Scale): Promise<Html | null> {
  const dots = cells.map((cell): Dot => ({
    ...rowOf(cell),
    value: (cell.median ?? 0) / scale.factor,
    interval: scaleInterval(cell.ci95, scale.factor),
    blocks: cell.values.map((value) => value / scale.factor),
  }));
  if (dots.length === 0) return null;
  const svg = await dotChart(scale.unit || metricLabel(figure.metric), dots);
  const parts = dots.some(({ blocks }) => blocks.length > 0)
    ? "Median, 95 % confidence interval (line) and individual blocks (small dots)."
    : "Median and 95 % confidence interval (line).";
  const caption = `${parts} The axis is zoomed to the data and may not start at zero.`;
  return chartFigure(svg, `${metricLabel(figure.metric)} by plugin and path`, caption);
}

async function ratioChart(figure: Figure, cells: readonly SummaryCell[]): Promise<Html | null> {
  const dots = cells.flatMap((cell): Dot[] =>
    cell.baselineRatio === null
      ? []
      : [{ ...rowOf(cell), value: cell.baselineRatio.median, interval: cell.baselineRatio.ci95, blocks: [] }],
  );
  if (dots.length === 0) return null;
  const svg = await dotChart("ratio to host", dots, 1);
  const caption =
    "Each value divided by the host value of the same block. " +
    "The dashed line marks a ratio of 1. The axis is zoomed to the data.";
  return chartFigure(svg, `${metricLabel(figure.metric)}: ratio to the host baseline by plugin and path`, caption);
}

/** Metrics without a better direction, such as the MTU or the CPU modes: shown, but not ranked. */
function unranked(figures: readonly Figure[]): Html | null {
  if (figures.length === 0) return null;
  const tables = figures.map((figure) => {
    const scale = commonScale(figure.unit, measuredCells(figure));
    return html`<h4>${metricLabel(figure.metric)}</h4>
      ${figureTable(figure, scale)}`;
  });
  return html`<details>
    <summary>Additional metrics, not ranked (${figures.length})</summary>
    ${tables}
  </details>`;
}
