/** Places views in a page: the drawing with its description and caption, and switches between views of one fact. */
import { joinSentences, type Text } from "../language/text.ts";
import type { VersusView, View } from "../views/index.ts";
import { html, trusted, type Html } from "./markup.ts";
import { permalink } from "./plugin-name.ts";
import { comparisonTitle } from "./references.ts";

/** Returns a drawn view. On narrow screens, its box scrolls horizontally. @param id unique in the page */
export async function viewFigure(view: View, id: string): Promise<Html> {
  const svg = await view.draw();
  const drawing = trusted(svg.slice(svg.indexOf("<svg ") + 5));
  const label = joinSentences([view.title, TABLE_HINT]);
  return html`<figure class="view" id="${id}">
    <div class="view-box" role="region" tabindex="0" aria-label="${view.title}">
      <svg role="img" aria-label="${label}" ${drawing}
    </div>
    <figcaption>${view.caption}</figcaption>
  </figure>`;
}

const TABLE_HINT: Text = { en: "(the table has the values)", zh: "（数值见表格）" };

export const VIEW_LINK: Text = { en: "Link to this view", zh: "此视图的链接" };

/** Returns views that belong to no single metric, each with its title. */
export async function viewArticles(views: readonly View[], prefix: string): Promise<Html> {
  const articles = views.map(async (view) => {
    const id = `${prefix}${view.id}`;
    return html`<article id="${id}" ${filterKey("scenario", view.scenarios)} ${filterKey("metric", view.metrics)}>
      <h3>${view.title}${permalink(id, VIEW_LINK)}</h3>
      ${await viewFigure(view, `${id}-view`)}
    </article>`;
  });
  return html`${await Promise.all(articles)}`;
}

/** Returns the attribute by which the filter of the page finds a view. */
function filterKey(key: string, names: readonly string[] = []): Html | null {
  return names.length === 0 ? null : html`data-${key}="${names.join(" ")}"`;
}

/** A view and the name of its switch. */
export interface Choice {
  readonly name: Text;
  readonly view: View;
  /** The view compares with the host baseline: choosing it as the reference shows the view. */
  readonly comparesHost?: true;
  /** The views that replace it if a plugin is chosen as the reference, which shows them. */
  readonly versus?: readonly VersusView[];
}

/**
 * Returns views of one fact, of which one is shown. Works without a script.
 * @param prefix of the IDs of the run
 */
export async function switchedViews(choices: readonly Choice[], prefix: string): Promise<Html> {
  const ids = choices.map(({ view }) => `${prefix}${view.id}-view`);
  const figures = await Promise.all(choices.map((choice, index) => choiceFigure(choice, ids[index] ?? "")));
  if (choices.length < 2) return html`${figures}`;
  const group = `${ids[0]}-switch`;
  const radios = choices.map(
    ({ name, comparesHost, versus = [] }, index) =>
      html`<label
        ><input
          type="radio"
          name="${group}"
          value="${index + 1}"
          ${comparesHost === true ? html`data-compares="host"` : null}
          ${versus.length > 0 ? html`data-compares="plugins"` : null}
          ${index === 0 ? trusted("checked") : null}
        />
        ${versus.length === 0 ? name : comparisonTitle(name, pluginsOf(versus))}</label
      > `,
  );
  return html`<div class="views">
    <div class="view-switch" role="radiogroup" aria-label="${SWITCH}">${radios}</div>
    ${figures}
  </div>`;
}

function pluginsOf(versus: readonly VersusView[]): string[] {
  return versus.map(({ plugin }) => plugin);
}

/** Returns the figure of a view, and those that a chosen reference shows instead. */
async function choiceFigure({ view, versus = [] }: Choice, id: string): Promise<Html> {
  const figure = await viewFigure(view, id);
  if (versus.length === 0) return figure;
  const others = versus.map(
    async ({ plugin, view: other }, index) =>
      html`<div data-ref="${plugin}" hidden>${await viewFigure(other, `${id}-${index + 1}`)}</div>`,
  );
  return html`<div data-refs>
    <div data-ref="best">${figure}</div>
    ${await Promise.all(others)}
  </div>`;
}

const SWITCH: Text = { en: "Shown view", zh: "显示的视图" };
