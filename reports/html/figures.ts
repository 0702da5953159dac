/** The measurements: one section per scenario. The main views are open, all others are folded. */
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { dotChart } from "../charts.ts";
import type { Dot } from "../charts.ts";
import { betterLabel, commonScale, formatCount } from "../format.ts";
import type { Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Figure } from "../questions.ts";
import { rankingSentence } from "../sentences.ts";
import { fold } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { overviewCharts } from "./overview-charts.ts";
import { chartFigure, measuredCells, rowOf, scaleInterval } from "./chart-parts.ts";
import { permalink } from "./plugin-name.ts";
import { figureTable, type TablePage } from "./table.ts";

const VIEW_LINK = { en: "Link to this view", zh: "此视图的链接" };

/** The figures of a run, those with charts, and those whose views are open. */
export interface RunFigures extends TablePage {
  readonly figures: readonly Figure[];
  readonly charted: ReadonlySet<Figure>;
  readonly opened: ReadonlySet<Figure>;
  /** Prefix of the ids of sections, if a page shows several runs. */
  readonly prefix: string;
}

/** @param extraContent additional content of scenarios, by `suite / scenario` */
export async function scenarioSections(page: RunFigures, extraContent: ReadonlyMap<string, Html>): Promise<Html> {
  const scenarios = [...groupBy(page.figures, ({ suite, scenario }) => `${suite} / ${scenario}`)];
  const sections = scenarios.map(async ([name, each], index) => {
    const id = `${page.prefix}scenario-${index + 1}`;
    return scenarioSection({ id, name, figures: each, extra: extraContent.get(name) ?? null }, page);
  });
  return html`${await Promise.all(sections)}`;
}

interface Scenario {
  readonly id: string;
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly extra: Html | null;
}

/** A scenario without an open view is folded as a whole. */
async function scenarioSection({ id, name, figures, extra }: Scenario, page: RunFigures): Promise<Html> {
  const articles = (selected: readonly Figure[]): Promise<Html[]> =>
    Promise.all(selected.map((figure) => figureArticle(figure, page)));
  const open = figures.filter((figure) => page.opened.has(figure));
  const folded = figures.filter((figure) => !page.opened.has(figure));
  const title = html`<h2>${name} <small>${figures[0]?.runner ?? ""}</small></h2>`;
  const charts = await overviewCharts(figures.filter((figure) => page.charted.has(figure)));
  const rest = html`${charts} ${await articles(folded)}`;
  const data = html`id="${id}" data-scenario="${figures[0]?.scenario ?? ""}"`;
  if (open.length === 0 && extra === null) return html`<section ${data}>${fold(title, rest)}</section>`;
  return html`<section ${data}>
    ${title} ${await articles(open)} ${extra} ${folded.length === 0 ? null : foldedMetrics(folded.length, rest)}
  </section>`;
}

function foldedMetrics(count: number, content: Html): Html {
  return fold({ en: formatCount(count, "more metric"), zh: `另外 ${count} 项指标` }, content);
}

async function figureArticle(figure: Figure, page: RunFigures): Promise<Html> {
  const id = page.ids.get(figure) ?? "";
  const scale = commonScale(figure.unit, measuredCells(figure));
  const title = html`<h3>
    ${metricLabel(figure.metric)} <small>${betterLabel(figure.better)}</small>${permalink(id, VIEW_LINK)}
  </h3>`;
  const charts = page.charted.has(figure) && figure.better !== "none" ? await figureCharts(figure, scale) : null;
  const details = html`${answers(figure)} ${figureTable(figure, scale, page)}`;
  const { suite, scenario, metric } = figure;
  const data = html`id="${id}" data-suite="${suite}" data-scenario="${scenario}" data-metric="${metric}"`;
  if (page.opened.has(figure))
    return html`<article ${data}>
      ${title} ${charts} ${fold({ en: "Values, ranks and comparisons", zh: "数值、排名与比较" }, details)}
    </article>`;
  return html`<article ${data}>${fold(title, html`${charts} ${details}`)}</article>`;
}

function answers(figure: Figure): Html | null {
  if (figure.better === "none") return null;
  const sentences = figure.questions.map(
    (question) => html`<li><strong>${question.path}:</strong> ${rankingSentence(figure, question)}</li>`,
  );
  return html`<ul class="answers">
    ${sentences}
  </ul>`;
}

async function figureCharts(figure: Figure, scale: Scale): Promise<Html> {
  const cells = measuredCells(figure);
  return html`<div class="charts">${await valueChart(figure, cells, scale)}${await ratioChart(figure, cells)}</div>`;
}

async function valueChart(figure: Figure, cells: readonly SummaryCell[], scale: Scale): Promise<Html | null> {
  const dots = cells.map((cell): Dot => ({
    ...rowOf(cell),
    value: (cell.median ?? 0) / scale.factor,
    interval: scaleInterval(cell.ci95, scale.factor),
    blocks: cell.values.map((value) => value / scale.factor),
  }));
  if (dots.length === 0) return null;
  const svg = await dotChart(scale.unit || metricLabel(figure.metric).en, dots);
  const parts = dots.some(({ blocks }) => blocks.length > 0)
    ? "Median, 95 % confidence interval (line) and individual blocks (small dots)."
    : "Median and 95 % confidence interval (line).";
  const caption = `${parts} The axis is zoomed to the data and may not start at zero.`;
  return chartFigure(svg, `${metricLabel(figure.metric).en} by plugin and path`, caption);
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
  return chartFigure(svg, `${metricLabel(figure.metric).en}: ratio to the host baseline by plugin and path`, caption);
}
