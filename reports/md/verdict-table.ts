/** The table of plugins and main questions, with the tiles of the html report as text, and the answers. */
import type { ConformanceRow } from "../../results/index.ts";
import { collapsed, type CommentPart, essential } from "../comment.ts";
import { answer } from "../first-screen/answer.ts";
import { answerList, NOT_MEASURED, tableQuestions } from "../first-screen/answer-list.ts";
import { coreClauses } from "../first-screen/core-clauses.ts";
import { type HeatCell, heatCells } from "../first-screen/heat-cells.ts";
import { plain } from "../first-screen/phrase.ts";
import type { ScreenQuestion, ScreenQuestions } from "../first-screen/screen-questions.ts";
import { rankText, tileText } from "../first-screen/tile-text.ts";
import { betterLabel, commonScale, formatCount, type Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { escapeText, shortText, tableHead, tableRow } from "../markdown.ts";

/** Characters of the name of a scenario in the head of a table. */
const MAX_SCENARIO_LENGTH = 40;
/** Characters of an answer. */
const MAX_ANSWER_LENGTH = 2000;

const LEGEND =
  "Factor: typical ratio within a block, compared with the plugin with the best median (“reference”). Bold: better " +
  "than all others. Italic: undecided, the run shows no difference. “=”: shown to be equal. Rank 1–2: first or " +
  "second, the run does not show which.";

/** Returns how a plugin is shown. */
export type NameOf = (plugin: string) => string;

/** Returns nothing if the run has no plugin or no question. */
export function verdictTable(plugins: readonly string[], screen: ScreenQuestions, nameOf: NameOf): CommentPart[] {
  const questions = tableQuestions(screen);
  if (plugins.length === 0 || questions.length === 0) return [];
  const columns = questions.map(({ figure, question }) => {
    const cells = heatCells(question, plugins);
    const scale = commonScale(
      figure.unit,
      cells.flatMap(({ cell }) => cell ?? []),
    );
    return cells.map((cell) => tile(cell, scale));
  });
  const omitted = screen.shown.length - questions.length;
  const more = omitted === 0 ? "" : ` ${formatCount(omitted, "more main question")} in the values below.`;
  return [
    {
      name: "rows of verdicts",
      head: tableHead(["Plugin", ...questions.map(questionHead)]),
      rows: plugins.map((plugin, row) =>
        tableRow([escapeText(nameOf(plugin)), ...columns.map((cells) => cells[row] ?? "")]),
      ),
      tail: `\n${LEGEND}${more}\n`,
      essential: true,
    },
  ];
}

function questionHead({ figure, question }: ScreenQuestion): string {
  const { metric, scenario, better } = figure;
  const place = `${question.path}, ${shortText(scenario, MAX_SCENARIO_LENGTH)}`;
  return `${escapeText(metricLabel(metric).en)}, ${place} (${betterLabel(better).en})`;
}

function tile(heat: HeatCell, scale: Scale): string {
  const text = tileText(heat, scale);
  if (text === null) return "–";
  const { factor, label, value } = text;
  if (value === null) return label.en;
  if (factor === null) return `${escapeText(value)}; ${label.en}`;
  const mark = heat.mark === "best" ? "**" : heat.mark === "undecided" ? "*" : "";
  const rank = heat.ranks === null ? [] : [rankText(heat.ranks).en];
  return [`${mark}${escapeText(factor)} ${label.en}${mark}; ${escapeText(value)}`, ...rank].join(", ");
}

/** Returns the first answers. */
export function answerParts(screen: ScreenQuestions, nameOf: NameOf): readonly CommentPart[] {
  const { note, first, missing } = answerList(screen);
  const absent = missing.map((id) => `- **${shortText(id)}**: ${NOT_MEASURED.en}\n`);
  const rows = [...first.map((each) => answerItem(each, nameOf)), ...absent];
  return [
    ...(note === null ? [] : [essential("notes", `${note.en}\n`)]),
    { name: "answers", head: "", rows, tail: "", essential: true },
  ];
}

/** Returns the other answers. */
export function moreAnswers(screen: ScreenQuestions, nameOf: NameOf): readonly CommentPart[] {
  const rows = answerList(screen).others.map((each) => answerItem(each, nameOf));
  return collapsed("More answers", "answers", rows);
}

function answerItem({ figure, question }: ScreenQuestion, nameOf: NameOf): string {
  const place = `${question.path}, ${shortText(figure.scenario, MAX_SCENARIO_LENGTH)}`;
  const sentence = shortText(plain(answer(figure, question).en, nameOf), MAX_ANSWER_LENGTH);
  return `- **${escapeText(metricLabel(figure.metric).en)}**, ${place}: ${sentence}\n`;
}

/** Returns the results of the core clauses: too few for a verdict on a plugin. */
export function conformancePart(rows: readonly ConformanceRow[], nameOf: NameOf): CommentPart[] {
  const results = [...coreClauses(rows)].flatMap(([plugin, each]) => each.map((result) => ({ plugin, ...result })));
  if (results.length === 0) return [];
  return [
    {
      name: "results of core clauses",
      head: tableHead(["Plugin", "CNI version", "Core clauses of the CNI specification"]),
      rows: results.map(({ plugin, versions, counts, status }) => {
        const text = escapeText(counts.en);
        const cells = [
          escapeText(nameOf(plugin)),
          shortText(versions.join(", ")),
          status === "fail" ? `**${text}**` : text,
        ];
        return tableRow(cells);
      }),
      tail: "",
      essential: true,
    },
  ];
}
