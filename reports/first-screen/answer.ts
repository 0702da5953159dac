/** The answer to a question of the first screen as one sentence, which claims no more than the verdicts show. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import { formatDifference, formatValue } from "../format.ts";
import type { Text } from "../language/text.ts";
import { fromViewOf, pluginsOf, type Figure, type Question, type RankedCell } from "../questions.ts";
import { detectableDifference, reasonText, TOO_FEW_BLOCKS } from "../sentences.ts";
import { percent } from "./amounts.ts";
import { differencePhrase } from "./difference.ts";
import { isAbout, pairNames } from "./pair-names.ts";
import { joinAll, nameList, phrase, type Sentence } from "./phrase.ts";

/** Differences that a sentence states one by one; the table shows all. */
const MAX_DIFFERENCES = 3;
/** Equal and undecided pairs up to which those without the best plugin are stated, too: those of three plugins. */
const MAX_PAIRS = 3;
/** Names in a list of a sentence. */
const MAX_NAMES = 4;

/** @param chosen plugin to compare the others with; default: the compared plugin with the best median */
export function answer(figure: Figure, question: Question, chosen?: string): Sentence {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const failed = pluginsOf(question, ({ cell }) => cell.state === "failed");
  const skipped = pluginsOf(question, ({ cell }) => cell.state === "skipped");
  const parts = [...measuredParts(figure, question, measured, chosen), ...absentParts(failed, "failed")];
  const all = measured.length + failed.length === 0 ? absentParts(skipped, "skipped") : parts;
  if (all.length === 0) return { en: ["no plugin was measured"], zh: ["未测量任何插件"] };
  return joinAll(all, { en: "; ", zh: "；" });
}

function measuredParts(
  figure: Figure,
  question: Question,
  measured: readonly RankedCell[],
  chosen: string | undefined,
): Sentence[] {
  const alone = measured.length === 1 ? measured[0] : undefined;
  if (alone !== undefined) return [onlyOne(alone.cell)];
  const others = pluginsOf(question, ({ cell, ranks }) => cell.state === "measured" && ranks === null);
  const compared = measured.filter(({ ranks }) => ranks !== null);
  if (compared.length === 0) return absentParts(others, "measured, but not compared");
  const reference = compared.find(({ cell, isReference }) =>
    chosen === undefined ? isReference : cell.plugin === chosen,
  );
  if (reference === undefined) return [notComparedWith(chosen ?? "")];
  const versus = chosen === undefined ? versusBest : versusPlugin;
  return [...versus(figure, question, reference.cell.plugin), ...absentParts(others, "not compared")];
}

function notComparedWith(plugin: string): Sentence {
  const name = { name: plugin };
  return { en: phrase`not compared with ${name}`, zh: phrase`未与 ${name} 比较` };
}

/** Returns the comparisons with a plugin. */
function versusPlugin(figure: Figure, question: Question, plugin: string): Sentence[] {
  const versus = question.comparisons.flatMap((each) => fromViewOf(plugin, each) ?? []);
  return statements(figure, question, [...worseThan(versus), ...versus.filter(isWorse)], versus);
}

/** Returns the comparisons with the best plugin, and the differences of plugins that were not shown to be worse. */
function versusBest(figure: Figure, question: Question, best: string): Sentence[] {
  const { comparisons } = question;
  const versus = comparisons.flatMap((each) => fromViewOf(best, each) ?? []);
  const worse = worseThan(versus);
  const losers = worse.map(({ a }) => a);
  const elsewhere = comparisons.filter((each) => !isAbout(each, best) && isNews(each, losers));
  const shown = [...worse, ...versus.filter(isWorse), ...elsewhere.map(fromLoser)];
  const isShort = comparisons.length <= MAX_PAIRS || comparisons.every(isUndecided);
  return statements(figure, question, shown, isShort ? comparisons : versus);
}

/** @param pairs of which the equal and undecided ones are stated */
function statements(
  figure: Figure,
  question: Question,
  shown: readonly Comparison[],
  pairs: readonly Comparison[],
): Sentence[] {
  const equal = pairs.filter(({ verdict }) => verdict === "equal");
  return [
    ...differences(figure, shown),
    ...equals(question, equal, figure.unit),
    ...undecided(question, pairs.filter(isUndecided), figure.unit),
  ];
}

/** Returns the comparisons that a plugin won, seen from the other one. @param versus seen from the plugin */
function worseThan(versus: readonly Comparison[]): Comparison[] {
  return versus.filter(({ verdict }) => verdict === "better").map(invert);
}

function isWorse({ verdict }: Comparison): boolean {
  return verdict === "worse";
}

function isUndecided({ verdict }: Comparison): boolean {
  return verdict === "undecided";
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

function equals({ plugins }: Question, pairs: readonly Comparison[], unit: string): Sentence[] {
  if (pairs.length === 0) return [];
  const { en, zh } = pairNames(pairs, plugins, MAX_NAMES);
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

/** Returns one sentence per reason; without a reason, which differences the run can miss. */
function undecided({ plugins }: Question, pairs: readonly Comparison[], unit: string): Sentence[] {
  const reasons = [...new Set(pairs.map(({ reason }) => reason ?? ""))];
  return reasons.map((reason) => {
    const same = pairs.filter((each) => (each.reason ?? "") === reason);
    const { en, zh } = pairNames(same, plugins, MAX_NAMES);
    const why = reason === "" ? missedDifferences(same, unit) : reasonText(reason);
    return { en: phrase`${en}: undecided, ${why.en}`, zh: phrase`${zh}：未定，${why.zh}` };
  });
}

/** Returns the differences that the run shows with a power of less than 80 %, in everyday language. */
function missedDifferences(pairs: readonly Comparison[], unit: string): Text {
  const largest = detectableDifference(pairs, distance(unit));
  if (largest === null) return TOO_FEW_BLOCKS;
  return { en: `differences below ${largest} can be missed`, zh: `小于 ${largest} 的差异可能未被检出` };
}

/** Formats a difference without its direction. */
function distance(unit: string): (difference: Pick<Comparison, "scale" | "estimate">) => string {
  return ({ scale, estimate }) =>
    scale === "ratio" ? percent(estimate) : formatDifference({ scale, estimate }, unit).slice(1);
}

function onlyOne({ plugin, median, unit, ci95, n }: SummaryCell): Sentence {
  const value = formatValue(median ?? 0, unit, ci95);
  const ends = ci95?.map((end) => formatValue(end, unit, ci95)) ?? [];
  const en = ends.length === 0 ? `n = ${n}, too few blocks for an interval` : `95 % CI ${ends.join(" to ")}, n = ${n}`;
  const zh = ends.length === 0 ? `n = ${n}，区组太少，没有区间` : `95 % 置信区间 ${ends.join(" 至 ")}，n = ${n}`;
  return {
    en: phrase`${{ name: plugin }}: ${value} (${en}); no other plugin to compare with`,
    zh: phrase`${{ name: plugin }}：${value}（${zh}）；没有可比较的其他插件`,
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
  const { en, zh } = nameList(plugins, MAX_NAMES);
  return [{ en: phrase`${en}: ${state}`, zh: phrase`${zh}：${ABSENCES[state]}` }];
}
