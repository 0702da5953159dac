/** The heat table: plugins by headline questions, in plan order, with the results of the core clauses of each. */
import { tableQuestions } from "../../first-screen/answer-list.ts";
import { type HeatCell, heatCells } from "../../first-screen/heat-cells.ts";
import type { ScreenQuestion, ScreenQuestions } from "../../first-screen/screen-questions.ts";
import { betterLabel, commonScale, type Scale } from "../../format.ts";
import { metricLabel } from "../../language/metric-labels.ts";
import type { Text } from "../../language/text.ts";
import type { ReportInput } from "../../report.ts";
import { html, type Html } from "../markup.ts";
import { markedName } from "../plugin-name.ts";
import { scrollable } from "../table.ts";
import { conformanceColumn } from "./conformance-column.ts";
import { heatCell } from "./heat-cell.ts";

const LABEL: Text = { en: "Plugins by question", zh: "插件与问题" };
export const PLUGIN: Text = { en: "Plugin", zh: "插件" };
const SPECIFICATION: Text = { en: "CNI specification", zh: "CNI 规范" };
export const LEGEND: Text = {
  en:
    "Factor: typical ratio within a block, compared with the plugin with the best median (“reference”); it can " +
    "differ from the ratio of the medians. Hatched: undecided, the run shows no difference. “=”: shown to be equal. " +
    "Rank 1–2: first or second, the run does not show which.",
  zh:
    "倍数：与中位数最优的插件（“参照”）相比，同一区组内的典型比值；可能与中位数的比值不同。" +
    "斜线：未定，本次运行未检出差异。“=”：已证实相等。第 1–2 名：第一或第二，本次运行无法确定。",
};

/** @param prefix of the id that the results of the core clauses link to */
export function heatTable(input: ReportInput, questions: ScreenQuestions, prefix: string): Html | null {
  const { plugins } = input.run.plan;
  const { heads, cellsOf, omitted } = heatColumns(input, questions, prefix);
  if (plugins.length === 0 || heads.length === 0) return null;
  const rows = plugins.map(
    (plugin) =>
      html`<tr data-plugin="${plugin}">
        <th scope="row">${markedName(plugin, plugins)}</th>
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
  const columns = questions.map(({ figure, question }): Column => {
    const cells = heatCells(question, plugins);
    return {
      cells,
      scale: commonScale(
        figure.unit,
        cells.flatMap(({ cell }) => cell ?? []),
      ),
    };
  });
  return {
    heads: [
      ...questions.map(questionHead),
      ...(conformance === null ? [] : [html`<th scope="col">${SPECIFICATION}</th>`]),
    ],
    cellsOf: (plugin) => [
      ...columns.map((column) => columnCell(column, plugins.indexOf(plugin), plugins)),
      ...(conformance === null ? [] : [conformance(plugin)]),
    ],
    omitted: screen.shown.length - questions.length,
  };
}

interface Column {
  readonly cells: readonly HeatCell[];
  readonly scale: Scale;
}

function columnCell({ cells, scale }: Column, index: number, plugins: readonly string[]): Html | null {
  const cell = cells[index];
  return cell === undefined ? null : heatCell(cell, plugins, scale);
}

function questionHead({ figure, question }: ScreenQuestion): Html {
  const { suite, scenario, metric, better } = figure;
  return html`<th
    scope="col"
    data-suite="${suite}"
    data-scenario="${scenario}"
    data-metric="${metric}"
    data-path="${question.path}"
  >
    ${metricLabel(metric)} <small>${question.path}, <bdi>${scenario}</bdi></small> <small>${betterLabel(better)}</small>
  </th>`;
}

export function omittedNote(count: number): Text {
  return { en: `${count} more main questions are in the sections below.`, zh: `另外 ${count} 个主要问题见下文各节。` };
}
