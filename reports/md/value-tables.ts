/** The numbers of a run: a collapsed table per scenario with a row per metric and path, and what they show. */
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { collapsed, collapsedList, type CommentPart } from "../comment.ts";
import { plain } from "../first-screen/phrase.ts";
import { commonScale, formatNumber } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { escapeText, shortText, tableHead, tableRow } from "../markdown.ts";
import type { Figure, Question, RankedCell } from "../questions.ts";
import { questionTitle, rankingSentence } from "../sentences.ts";
import { clip } from "../short-names.ts";
import type { NameOf } from "./verdict-table.ts";

/** Characters of the name of a scenario, and of a ranking. */
const [MAX_TITLE_LENGTH, MAX_RANKING_LENGTH] = [120, 4000];

export function valueTables(figures: readonly Figure[], plugins: readonly string[], nameOf: NameOf): CommentPart[] {
  return [...groupBy(figures, scenarioOf)].flatMap(([scenario, ofScenario]) => {
    const head = tableHead(["Metric", "Path", "host", ...plugins.map((name) => escapeText(nameOf(name)))]);
    const rows = ofScenario.flatMap((figure) =>
      figure.questions.map((question) => valueRow(figure, question, plugins)),
    );
    return collapsed(`Values of ${scenario}, median (95 % confidence interval)`, "rows of values", rows, head);
  });
}

/** @param answered questions whose answers are shown elsewhere */
export function rankings(figures: readonly Figure[], answered: ReadonlySet<Question>, nameOf: NameOf): CommentPart[] {
  return [...groupBy(figures, scenarioOf)].flatMap(([scenario, ofScenario]) =>
    collapsedList(
      `Rankings of ${scenario}`,
      "rankings",
      ofScenario
        .filter(({ better }) => better !== "none")
        .flatMap((figure) =>
          figure.questions
            .filter((each) => !answered.has(each))
            .map((question) => rankingLine(figure, question, nameOf)),
        ),
    ),
  );
}

function scenarioOf({ suite, scenario }: Figure): string {
  return clip(`${suite} / ${scenario}`, MAX_TITLE_LENGTH);
}

function rankingLine(figure: Figure, question: Question, nameOf: NameOf): string {
  const sentence = shortText(plain(rankingSentence(figure, question).en, nameOf), MAX_RANKING_LENGTH);
  return `${escapeText(questionTitle(figure, question).en)}: ${sentence}`;
}

/** The unit is in the first column. Bold: no plugin was shown to be better. */
function valueRow(figure: Figure, { path, rankedCells }: Question, plugins: readonly string[]): string {
  const { baseline, unit } = figure;
  const cells = [...(baseline === null ? [] : [baseline]), ...rankedCells.map(({ cell }) => cell)];
  const scale = commonScale(
    unit,
    cells.filter(({ state }) => state === "measured"),
  );
  const label = `${escapeText(metricLabel(figure.metric).en)}${scale.unit === "" ? "" : `, ${escapeText(scale.unit)}`}`;
  const number = ({ state, median, ci95 }: SummaryCell): string => {
    if (state !== "measured" || median === null) return state;
    const interval = ci95 === null ? "" : ` (${ci95.map((end) => formatNumber(end, scale, ci95)).join(" to ")})`;
    return `${formatNumber(median, scale, ci95)}${interval}`;
  };
  const rankedNumber = (ranked: RankedCell | undefined): string =>
    ranked === undefined ? "" : ranked.ranks?.[0] === 1 ? `**${number(ranked.cell)}**` : number(ranked.cell);
  const byPlugin = new Map(rankedCells.map((ranked) => [ranked.cell.plugin, ranked]));
  return tableRow([
    label,
    escapeText(path),
    baseline === null ? "" : number(baseline),
    ...plugins.map((plugin) => rankedNumber(byPlugin.get(plugin))),
  ]);
}
