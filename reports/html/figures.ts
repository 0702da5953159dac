/** The measurements: one section per scenario. The main views are open, all others are folded. */
import { groupBy } from "../../core/group.ts";
import { betterLabel, commonScale, formatCount } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { rankingSentence } from "../sentences.ts";
import type { RunViews } from "../views/index.ts";
import { sentenceContent } from "./first-screen/sentence.ts";
import { fold } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { permalink } from "./plugin-name.ts";
import { figureTable, measuredCells, type TablePage } from "./table.ts";
import { type Choice, switchedViews, VIEW_LINK, viewArticles } from "./view-parts.ts";

/** The figures of a run, those with charts, and those whose views are open. */
export interface RunFigures extends TablePage {
  readonly figures: readonly Figure[];
  readonly charted: ReadonlySet<Figure>;
  readonly opened: ReadonlySet<Figure>;
  readonly views: RunViews;
  /** Prefix of the ids of sections, if a page shows several runs. */
  readonly prefix: string;
}

/** Views of several scenarios of a suite, before its scenarios. */
export async function suiteSections({ figures, views, prefix }: RunFigures): Promise<Html> {
  const suites = [...new Set(figures.map(({ suite }) => suite))].filter((suite) => views.suite(suite).length > 0);
  const sections = suites.map(
    async (suite, index) =>
      html`<section id="${prefix}suite-${index + 1}">
        <h2><bdi>${suite}</bdi></h2>
        ${await viewArticles(views.suite(suite), prefix)}
      </section>`,
  );
  return html`${await Promise.all(sections)}`;
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
  const title = html`<h2><bdi>${name}</bdi> <small>${figures[0]?.runner ?? ""}</small></h2>`;
  const [{ suite = "", scenario = "" } = {}] = figures;
  const views = figures.some((figure) => page.charted.has(figure)) ? page.views.scenario(suite, scenario) : [];
  const rest = html`${await viewArticles(views, page.prefix)} ${await articles(folded)}`;
  const data = html`id="${id}" data-scenario="${scenario}"`;
  if (open.length === 0 && extra === null) return html`<section ${data}>${fold(title, rest)}</section>`;
  const more = views.length + folded.length;
  return html`<section ${data}>
    ${title} ${await articles(open)} ${extra} ${more === 0 ? null : fold(moreTitle(views.length, folded.length), rest)}
  </section>`;
}

function moreTitle(views: number, metrics: number): Text {
  const count = views + metrics;
  if (views === 0) return { en: formatCount(count, "more metric"), zh: `另外 ${count} 项指标` };
  if (metrics === 0) return { en: formatCount(count, "more view"), zh: `另外 ${count} 个视图` };
  return { en: `${count} more views and metrics`, zh: `另外 ${count} 个视图和指标` };
}

async function figureArticle(figure: Figure, page: RunFigures): Promise<Html> {
  const id = page.ids.get(figure) ?? "";
  const scale = commonScale(figure.unit, measuredCells(figure));
  const name = html`${metricLabel(figure.metric)} <small>${betterLabel(figure.better)}</small>`;
  const link = permalink(id, VIEW_LINK);
  const charts = await metricViews(figure, page);
  const details = html`${answers(figure)} ${figureTable(figure, scale, page)}`;
  const { suite, scenario, metric } = figure;
  const data = html`id="${id}" data-suite="${suite}" data-scenario="${scenario}" data-metric="${metric}"`;
  if (page.opened.has(figure))
    return html`<article ${data}>
      <h3>${name}${link}</h3>
      ${charts} ${fold({ en: "Values, ranks and comparisons", zh: "数值、排名与比较" }, details)}
    </article>`;
  // Summaries must not contain links.
  return html`<article ${data}>${fold(html`<h3>${name}</h3>`, html`${charts} ${details}`)}${link}</article>`;
}

function answers(figure: Figure): Html | null {
  if (figure.better === "none") return null;
  const sentences = figure.questions.map(
    (question) =>
      html`<li><strong>${question.path}:</strong> ${sentenceContent(rankingSentence(figure, question))}</li>`,
  );
  return html`<ul class="answers">
    ${sentences}
  </ul>`;
}

const VALUES: Text = { en: "Values", zh: "数值" };
const RATIO: Text = { en: "Ratio to host", zh: "与 host 的比值" };
const PAIRS: Text = { en: "Pairs of plugins", zh: "插件两两比较" };

async function metricViews(figure: Figure, page: RunFigures): Promise<Html | null> {
  const views = page.charted.has(figure) ? page.views.metric(figure) : null;
  if (views === null) return null;
  const { value, ratio, pairs, versus } = views;
  const choices: Choice[] = [
    { name: VALUES, view: value },
    ...(ratio === null ? [] : [{ name: RATIO, view: ratio, comparesHost: true } as const]),
    // Drawing takes most of the time of a page; the table of a folded metric has its comparisons.
    ...(pairs === null || !page.opened.has(figure) ? [] : [{ name: PAIRS, view: pairs, versus }]),
  ];
  return switchedViews(choices, page.prefix);
}
