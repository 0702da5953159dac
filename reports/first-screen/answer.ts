/** The answer to a question of the first screen as one sentence, which claims no more than the verdicts show. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import { formatDifference, formatValue } from "../format.ts";
import { fromViewOf, type Figure, type Question, type RankedCell } from "../questions.ts";
import { chanceToShow, reasonText } from "../sentences.ts";
import { differencePhrase } from "./difference.ts";
import { joinAll, type Name, nameList, phrase, type Sentence } from "./phrase.ts";
import { percent } from "./amounts.ts";

/** Differences that a sentence states one by one; the table shows all. */
const MAX_DIFFERENCES = 3;

const name = (plugin: string): Name => ({ name: plugin });

export function answer(figure: Figure, question: Question): Sentence {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const cells = question.rankedCells.map(({ cell }) => cell);
  const failed = cells.filter(({ state }) => state === "failed").map(({ plugin }) => plugin);
  const skipped = cells.filter(({ state }) => state === "skipped").map(({ plugin }) => plugin);
  const parts = [...measuredParts(figure, question, measured), ...absentParts(failed, "failed")];
  const all = measured.length + failed.length === 0 ? absentParts(skipped, "skipped") : parts;
  if (all.length === 0) return { en: ["no plugin was measured"], zh: ["未测量任何插件"] };
  return joinAll(all, { en: "; ", zh: "；" });
}

function measuredParts(figure: Figure, question: Question, measured: readonly RankedCell[]): Sentence[] {
  const alone = measured.length === 1 ? measured[0] : undefined;
  if (alone !== undefined) return [onlyOne(alone.cell)];
  const others = measured.filter(({ ranks }) => ranks === null).map(({ cell }) => cell.plugin);
  const reference = measured.find(({ isReference }) => isReference);
  if (reference === undefined) return absentParts(others, "measured, but not compared");
  return [...comparedParts(figure, question, reference.cell), ...absentParts(others, "not compared")];
}

/** @param first the compared plugin with the best median */
function comparedParts(figure: Figure, { comparisons }: Question, first: SummaryCell): Sentence[] {
  const versusFirst = comparisons.flatMap((each) => fromViewOf(first.plugin, each) ?? []);
  const others = (verdict: Comparison["verdict"]): Comparison[] =>
    versusFirst.filter((each) => each.verdict === verdict);
  const losers = others("better").map(({ b }) => b);
  const elsewhere = comparisons.filter((each) => !isAbout(each, first.plugin) && isNews(each, losers));
  return [
    ...differences(figure, [...others("better").map(invert), ...others("worse"), ...elsewhere.map(fromLoser)]),
    ...equals(first.plugin, others("equal"), figure.unit),
    ...undecided(first.plugin, comparisons.every(isUndecided) ? comparisons : others("undecided"), figure.unit),
  ];
}

function isUndecided({ verdict }: Comparison): boolean {
  return verdict === "undecided";
}

function isAbout({ a, b }: Comparison, plugin: string): boolean {
  return a === plugin || b === plugin;
}

/** Reports whether a difference is of a plugin that no difference to the first one is stated of. */
function isNews(comparison: Comparison, losers: readonly string[]): boolean {
  const { verdict } = comparison;
  return (verdict === "better" || verdict === "worse") && !losers.includes(fromLoser(comparison).a);
}

function invert(comparison: Comparison): Comparison {
  return fromViewOf(comparison.b, comparison) ?? comparison;
}

/** Returns a difference with the worse plugin first. */
function fromLoser(comparison: Comparison): Comparison {
  return comparison.verdict === "better" ? invert(comparison) : comparison;
}

function differences(figure: Figure, list: readonly Comparison[]): Sentence[] {
  const shown = list.slice(0, MAX_DIFFERENCES);
  const more = list.length - shown.length;
  const sentences = shown.map((comparison, index) =>
    differencePhrase(figure, comparison, index > 0 && shown[index - 1]?.b === comparison.b),
  );
  if (more === 0) return sentences;
  return [...sentences, { en: [`${more} more differences in the table`], zh: [`另有 ${more} 个差异见表`] }];
}

function equals(first: string, pairs: readonly Comparison[], unit: string): Sentence[] {
  if (pairs.length === 0) return [];
  const { en, zh } = pairNames(first, pairs);
  const bound = largestDifference(pairs, unit);
  if (bound === null) return [{ en: phrase`${en}: equal`, zh: phrase`${zh}：相等` }];
  return [{ en: phrase`${en}: equal, at most ${bound} apart`, zh: phrase`${zh}：相等，相差至多 ${bound}` }];
}

/** Returns the largest difference that the 90 % intervals of equal pairs allow. */
function largestDifference(pairs: readonly Comparison[], unit: string): string | null {
  const [first] = pairs;
  const ends = pairs.flatMap(({ ci90 }) => ci90 ?? []);
  if (first === undefined || ends.length === 0) return null;
  if (first.scale === "difference") return formatValue(Math.max(...ends.map(Math.abs)), unit);
  return percent(Math.max(...ends.map((end) => Math.max(end, 1 / end))));
}

/** Returns one sentence per reason; without a reason, the difference that had a chance to show. */
function undecided(first: string, pairs: readonly Comparison[], unit: string): Sentence[] {
  const reasons = [...new Set(pairs.map(({ reason }) => reason ?? ""))];
  return reasons.map((reason) => {
    const same = pairs.filter((each) => (each.reason ?? "") === reason);
    const { en, zh } = pairNames(first, same);
    const why = reason === "" ? chanceToShow(same, distance(unit)) : reasonText(reason);
    return { en: phrase`${en}: undecided, ${why.en}`, zh: phrase`${zh}：未定，${why.zh}` };
  });
}

/** Formats a difference without its direction. */
function distance(unit: string): (difference: Pick<Comparison, "scale" | "estimate">) => string {
  return ({ scale, estimate }) =>
    scale === "ratio" ? percent(estimate) : formatDifference({ scale, estimate }, unit).slice(1);
}

/** Returns the names alone if each pair of them is in the list. */
function pairNames(first: string, pairs: readonly Comparison[]): Sentence {
  const all = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  if (pairs.length === (all.length * (all.length - 1)) / 2) return nameList(all);
  const names = nameList(pairs.map(({ a, b }) => (a === first ? b : a)));
  return {
    en: phrase`${name(first)} against ${names.en}`,
    zh: phrase`${name(first)} 分别与 ${names.zh}`,
  };
}

function onlyOne({ plugin, median, unit, ci95, n }: SummaryCell): Sentence {
  const value = formatValue(median ?? 0, unit, ci95);
  const ends = ci95?.map((end) => formatValue(end, unit, ci95)) ?? [];
  const en = ends.length === 0 ? `n = ${n}, too few blocks for an interval` : `95 % CI ${ends.join(" to ")}, n = ${n}`;
  const zh = ends.length === 0 ? `n = ${n}，区组太少，没有区间` : `95 % 置信区间 ${ends.join(" 至 ")}，n = ${n}`;
  return {
    en: phrase`${name(plugin)}: ${value} (${en}); no other plugin to compare with`,
    zh: phrase`${name(plugin)}：${value}（${zh}）；没有可比较的其他插件`,
  };
}

const ABSENCES = {
  failed: "失败",
  skipped: "已跳过",
  "not compared": "未比较",
  "measured, but not compared": "已测量，但未比较",
} as const;

function absentParts(plugins: readonly string[], state: keyof typeof ABSENCES): Sentence[] {
  if (plugins.length === 0) return [];
  const { en, zh } = nameList(plugins.toSorted());
  return [{ en: phrase`${en}: ${state}`, zh: phrase`${zh}：${ABSENCES[state]}` }];
}
