/** The heat table: plugins by headline questions, in plan order, with the results of the core clauses of each. */
import { tableQuestions } from "../../first-screen/answer-list.ts";
import { type HeatCell, heatCells } from "../../first-screen/heat-cells.ts";
import type { ScreenQuestion, ScreenQuestions } from "../../first-screen/screen-questions.ts";
import { idPart, unusedId } from "../../element-ids.ts";
import { betterLabel, commonScale } from "../../format.ts";
import { metricLabel } from "../../language/metric-labels.ts";
import type { Text } from "../../language/text.ts";
import type { Figure } from "../../questions.ts";
import type { ReportInput } from "../../report.ts";
import { html, type Html } from "../markup.ts";
import { markedName, permalink } from "../plugin-name.ts";
import { scrollable } from "../table.ts";
import { conformanceColumn } from "./conformance-column.ts";
import { heatCell, type HeatColumn } from "./heat-cell.ts";

const LABEL: Text = { en: "Plugins by question", zh: "插件与问题" };
export const PLUGIN: Text = { en: "Plugin", zh: "插件" };
const SPECIFICATION: Text = { en: "CNI specification", zh: "CNI 规范" };
export const LEGEND: Text = {
  en:
    "Factor: typical ratio within a block to the reference, which is the plugin with the best median unless another " +
    "one is chosen; it can differ from the ratio of the medians. Hatched: undecided, the run shows no difference. " +
    "“=”: shown to be equal. Rank 1–2: first or second, the run does not show which.",
  zh:
    "倍数：同一区组内与参照的典型比值；参照是中位数最优的插件，除非另行选择；可能与中位数的比值不同。" +
    "斜线：未定，本次运行未检出差异。“=”：已证实相等。第 1–2 名：第一或第二，本次运行无法确定。",
};

/** @param prefix of the id that the results of the core clauses link to */
export function heatTable(input: ReportInput, questions: ScreenQuestions, prefix: string): Html | null {
  const { plugins } = input.run.plan;
  const { heads, cellsOf, omitted } = heatColumns(input, questions, prefix);
  if (plugins.length === 0 || heads.length === 0) return null;
  const rows = plugins.map(
    (plugin) =>
      html`<tr id="${rowId(plugin, plugins, prefix)}" data-plugin="${plugin}">
        <th scope="row">${markedName(plugin, plugins)}${permalink(rowId(plugin, plugins, prefix), ROW_LINK)}</th>
        ${cellsOf(plugin)}
      </tr>`,
  );
  const table = html`<table class="heat">
    <thead>
      <tr>
        <th scope="col">${PLUGIN}</th>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`${scrollable(LABEL, table)}
    <p class="legend">${LEGEND} ${omitted === 0 ? null : omittedNote(omitted)}</p>`;
}

/** The columns of a run in a heat table: its questions and the results of its core clauses. */
export interface HeatColumns {
  readonly heads: readonly Html[];
  /** Ids of the columns of questions, which a filter can hide. */
  readonly ids: readonly string[];
  /** @param plugin one of the plan */
  readonly cellsOf: (plugin: string) => readonly (Html | null)[];
  /** Number of main questions that have no column. */
  readonly omitted: number;
}

/** @param prefix of the id that the results of the core clauses link to */
export function heatColumns({ run, summary }: ReportInput, screen: ScreenQuestions, prefix: string): HeatColumns {
  const { plugins } = run.plan;
  const questions = tableQuestions(screen);
  const conformance = conformanceColumn(summary.conformance, prefix);
  const columns = columnsOf(questions, plugins, prefix);
  return {
    heads: [
      ...columns.map(questionHead),
      ...(conformance === null ? [] : [html`<th scope="col">${SPECIFICATION}</th>`]),
    ],
    ids: columns.map(({ id }) => id),
    cellsOf: (plugin) => [
      ...columns.map((column) => columnCell(column, plugins.indexOf(plugin), plugins)),
      ...(conformance === null ? [] : [conformance(plugin)]),
    ],
    omitted: screen.shown.length - questions.length,
  };
}

const ROW_LINK: Text = { en: "Link to this row", zh: "此行的链接" };

function rowId(plugin: string, plugins: readonly string[], prefix: string): string {
  return `${prefix}plugin-${idPart(plugin, plugins)}`;
}

interface Column extends HeatColumn {
  readonly cells: readonly HeatCell[];
  readonly better: Figure["better"];
}

/** Returns the columns of questions, with ids as `h-tcp-1-throughput-cross-node`. */
function columnsOf(questions: readonly ScreenQuestion[], plugins: readonly string[], prefix: string): Column[] {
  const used = new Set<string>();
  return questions.map(({ figure, question }) => {
    const { suite, scenario, metric, better, unit } = figure;
    const { path } = question;
    const cells = heatCells(question, plugins);
    const measured = cells.flatMap(({ cell }) => cell ?? []);
    const id = `${prefix}${unusedId(`h-${scenario}-${metric}-${path}`, used)}`;
    return { id, cells, better, question: { suite, scenario, metric, path }, scale: commonScale(unit, measured) };
  });
}

function columnCell(column: Column, index: number, plugins: readonly string[]): Html | null {
  const cell = column.cells[index];
  return cell === undefined ? null : heatCell(cell, plugins, column);
}

function questionHead({ id, question: { suite, scenario, metric, path }, better }: Column): Html {
  return html`<th
    scope="col"
    data-column="${id}"
    data-suite="${suite}"
    data-scenario="${scenario}"
    data-metric="${metric}"
    data-path="${path}"
  >
    ${metricLabel(metric)} <small>${path}, <bdi>${scenario}</bdi></small> <small>${betterLabel(better)}</small>
  </th>`;
}

export function omittedNote(count: number): Text {
  return { en: `${count} more main questions are in the sections below.`, zh: `另外 ${count} 个主要问题见下文各节。` };
}
