/** The table of plugins and questions with a group of columns for each run. Each run has its own reference and unit. */
import type { Text } from "../../language/text.ts";
import { allPlugins } from "../../several-runs.ts";
import { type HeatColumns, heatColumns, LEGEND, omittedNote, PLUGIN } from "../first-screen/heat-table.ts";
import { html, type Bilingual, type Html } from "../markup.ts";
import { markedName } from "../plugin-name.ts";
import { byReference, HOST_REFERENCE, referencePlugins } from "../references.ts";
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
  const offered = [...new Set(columns.flatMap((each) => referencePlugins(each.plugins)))];
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
    ${columns.map((each) => html`<colgroup span="${each.heads.length}" ${idsOf(each)}></colgroup>`)}
    <thead>
      <tr>
        <th scope="col" rowspan="2">${PLUGIN}</th>
        ${columns.map((each) => runHead(each, offered))}
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
    ids: [],
    cellsOf: () => [html`<td>–</td>`],
    omitted: 0,
    plugins,
    name,
  };
}

/** @param offered plugins that a reader can choose as the reference, because a run of the page has them */
function runHead(columns: RunColumns, offered: readonly string[]): Html {
  const own = referencePlugins(columns.plugins);
  const notes = [HOST_REFERENCE, ...offered].map((ref) => {
    const isOwn = ref === HOST_REFERENCE || own.includes(ref);
    return { ref, content: isOwn ? null : html` <small>${otherReference(ref)}</small>` };
  });
  const note = byReference([{ ref: "best", content: null }, ...notes]);
  return html`<th scope="colgroup" colspan="${columns.heads.length}" ${idsOf(columns)}>${columns.name}${note}</th>`;
}

function otherReference(plugin: string): Bilingual {
  const name = html`<bdi>${plugin}</bdi>`;
  return {
    en: html`not compared with ${name}, but with the best median`,
    zh: html`未与 ${name} 比较，而是与中位数最优者比较`,
  };
}

function groupCells(columns: RunColumns, plugin: string): readonly (Html | null)[] {
  const { heads, cellsOf, plugins } = columns;
  if (plugins.includes(plugin)) return cellsOf(plugin);
  return [html`<td class="muted" colspan="${heads.length}" ${idsOf(columns)}>${NOT_IN_RUN}</td>`];
}

/** Returns the attribute by which a filter that hides columns of a run finds what spans all of them. */
function idsOf({ ids }: RunColumns): Html {
  return html`data-columns="${ids.join(" ")}"`;
}
