/** The table of plugins and questions with a group of columns for each run. Each run has its own reference and unit. */
import type { Text } from "../../language/text.ts";
import { allPlugins } from "../../several-runs.ts";
import { type HeatColumns, heatColumns, LEGEND, omittedNote, PLUGIN } from "../first-screen/heat-table.ts";
import { html, type Html } from "../markup.ts";
import { markedName } from "../plugin-name.ts";
import { scrollable } from "../table.ts";
import type { PageRun } from "./page-run.ts";

const LABEL: Text = { en: "Plugins by run and question", zh: "各次运行的插件与问题" };
const NO_QUESTION: Text = { en: "no question measured", zh: "没有测量任何问题" };
const NOT_IN_RUN: Text = { en: "not in this run", zh: "不在本次运行中" };

/** The columns of a run, at least one. */
interface RunColumns extends HeatColumns {
  readonly plugins: readonly string[];
  readonly name: Text;
}

/** Returns null if no run has a plugin. */
export function sideBySide(runs: readonly PageRun[]): Html | null {
  const plugins = allPlugins(runs.map(({ input }) => input));
  if (plugins.length === 0) return null;
  const columns = runs.map(columnsOf);
  const rows = plugins.map(
    (plugin) =>
      html`<tr data-plugin="${plugin}">
        <th scope="row">${markedName(plugin, plugins)}</th>
        ${columns.map((each) => groupCells(each, plugin))}
      </tr>`,
  );
  const omitted = columns.reduce((sum, each) => sum + each.omitted, 0);
  const table = html`<table class="heat several">
    <colgroup></colgroup>
    ${columns.map(({ heads }) => html`<colgroup span="${heads.length}"></colgroup>`)}
    <thead>
      <tr>
        <th scope="col" rowspan="2">${PLUGIN}</th>
        ${columns.map(runHead)}
      </tr>
      <tr>
        ${columns.map(({ heads }) => heads)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`${scrollable(LABEL, table)}
    <p class="legend">${LEGEND} ${omitted === 0 ? null : omittedNote(omitted)}</p>`;
}

function columnsOf({ input, questions, prefix, name }: PageRun): RunColumns {
  const columns = heatColumns(input, questions, prefix);
  const { plugins } = input.run.plan;
  if (columns.heads.length > 0) return { ...columns, plugins, name };
  return {
    heads: [html`<th scope="col">${NO_QUESTION}</th>`],
    cellsOf: () => [html`<td>–</td>`],
    omitted: 0,
    plugins,
    name,
  };
}

function runHead({ heads, name }: RunColumns): Html {
  return html`<th scope="colgroup" colspan="${heads.length}">${name}</th>`;
}

function groupCells({ heads, cellsOf, plugins }: RunColumns, plugin: string): readonly (Html | null)[] {
  if (plugins.includes(plugin)) return cellsOf(plugin);
  return [html`<td class="muted" colspan="${heads.length}">${NOT_IN_RUN}</td>`];
}
