/** Writes the answer to a question as one sentence that claims no more than the statistics support. */
import { groupBy } from "../core/group.ts";
import type { Comparison, ErrorControl } from "../results/index.ts";
import { pairNames } from "./first-screen/pair-names.ts";
import { joinAll, listOf, nameList, phrase, type Phrase, type Sentence } from "./first-screen/phrase.ts";
import { commonScale, formatCount, formatDifference, formatNumber, formatPercent } from "./format.ts";
import { metricLabel } from "./language/metric-labels.ts";
import type { Text } from "./language/text.ts";
import { fromViewOf, pluginsOf, type Figure, type Question, type RankedCell } from "./questions.ts";

/** Returns the shown differences, the equal and the undecided pairs, and the medians of a question. */
export function rankingSentence(figure: Figure, question: Question): Sentence {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const names = nameList(pluginsOf(question, ({ cell }) => cell.state === "failed"));
  const failedNote: Sentence[] =
    names.en.length === 0 ? [] : [{ en: phrase`Not measured: ${names.en}.`, zh: phrase`未测得：${names.zh}。` }];
  const notes = measured.length === 0 ? failedNote : [...ranking(figure, question, measured), ...failedNote];
  if (notes.length === 0) return { en: ["No plugin was measured."], zh: ["没有测得任何插件的数据。"] };
  return joinAll(notes, { en: " ", zh: "" });
}

function ranking(figure: Figure, question: Question, measured: readonly RankedCell[]): readonly Sentence[] {
  const values = medians(figure, measured);
  const medianList = { en: phrase`Medians: ${values.en}.`, zh: phrase`中位数：${values.zh}。` };
  if (measured.length === 1)
    return [{ en: phrase`Only one plugin was measured: ${values.en}.`, zh: phrase`仅测得一个插件：${values.zh}。` }];
  if (question.comparisons.length === 0) return [{ en: ["Not ranked."], zh: ["未排名。"] }, medianList];
  const others = nameList(pluginsOf(question, ({ cell, ranks }) => cell.state === "measured" && ranks === null));
  const notCompared: Sentence[] =
    others.en.length === 0 ? [] : [{ en: phrase`Not compared: ${others.en}.`, zh: phrase`未比较：${others.zh}。` }];
  return [
    ...differenceSentences(
      figure,
      question,
      measured.map(({ cell }) => cell.plugin),
    ),
    ...equalSentences(question),
    ...undecidedSentences(figure, question),
    ...notCompared,
    medianList,
  ];
}

/** Returns the differences that were shown: a plugin that is better than all others, or each pair. */
function differenceSentences({ unit }: Figure, { comparisons }: Question, names: readonly string[]): Sentence[] {
  const lossesOf = (name: string): Comparison[] =>
    comparisons.flatMap((each) => fromViewOf(name, each) ?? []).filter(({ verdict }) => verdict === "worse");
  const losers = names.map((name) => ({ name, losses: lossesOf(name) })).filter(({ losses }) => losses.length > 0);
  const winner = names.find((name) =>
    names.every((other) => other === name || lossesOf(other).some(({ b }) => b === name)),
  );
  if (winner === undefined) {
    return losers.map(({ name, losses }) => {
      const better = listOf(losses.map((loss) => parenthesized(loss.b, same(formatDifference(loss, unit)))));
      return { en: phrase`${{ name }} ranks below ${better.en}.`, zh: phrase`${{ name }} 的排名低于 ${better.zh}。` };
    });
  }
  const first = { name: winner };
  const worse = losers.flatMap(({ name, losses }) =>
    losses
      .filter(({ b }) => b === winner)
      .map((loss) => {
        const difference = formatDifference(loss, unit);
        const versus = { en: phrase`${difference} vs. ${first}`, zh: phrase`相对 ${first} 为 ${difference}` };
        return parenthesized(name, versus);
      }),
  );
  const list = listOf(worse);
  return [
    {
      en: phrase`${first} ranks first; ${list.en} ${worse.length === 1 ? "ranks" : "rank"} lower.`,
      zh: phrase`${first} 排名第一；${list.zh}排名靠后。`,
    },
  ];
}

function same(text: string): Sentence {
  return { en: [text], zh: [text] };
}

function parenthesized(name: string, note: Sentence): Sentence {
  return { en: phrase`${{ name }} (${note.en})`, zh: phrase`${{ name }}（${note.zh}）` };
}

function equalSentences({ comparisons, plugins }: Question): Sentence[] {
  const equal = comparisons.filter(({ verdict }) => verdict === "equal");
  if (equal.length === 0) return [];
  const pairs = pairNames(equal, plugins);
  return [{ en: phrase`Equal within the band: ${pairs.en}.`, zh: phrase`在等效区间内相等：${pairs.zh}。` }];
}

/** Returns the undecided pairs, by reason. */
function undecidedSentences({ unit }: Figure, { comparisons, plugins }: Question): Sentence[] {
  const undecided = comparisons.filter(({ verdict }) => verdict === "undecided");
  return [...groupBy(undecided, ({ reason }) => reason ?? "").values()].map((pairs) => {
    const [list, note] = [pairNames(pairs, plugins), undecidedNote(pairs, unit)];
    return { en: phrase`Undecided: ${list.en} (${note.en}).`, zh: phrase`未定：${list.zh}（${note.zh}）。` };
  });
}

/** Returns why pairs are undecided. @param pairs that have the same reason */
export function undecidedNote(pairs: readonly Comparison[], unit: string): Text {
  const reason = pairs[0]?.reason;
  return reason === undefined ? sensitivityNote(pairs, unit) : reasonText(reason);
}

/** Returns why a pair is undecided in the languages of a page. @param reason of a comparison */
export function reasonText(reason: string): Text {
  return { en: reason, zh: reason === "busy machine" ? "机器繁忙" : reason };
}

export const TOO_FEW_BLOCKS: Text = { en: "too few blocks to show any difference", zh: "区组太少，无法检出任何差异" };

/** Returns which difference these blocks had a chance to show, and how many blocks a small one needs. */
function sensitivityNote(pairs: readonly Comparison[], unit: string): Text {
  const largest = detectableDifference(pairs, (difference) => formatDifference(difference, unit));
  if (largest === null) return TOO_FEW_BLOCKS;
  const chance = {
    en: `a difference of ${largest} had an 80 % chance to show`,
    zh: `若真实差异为 ${largest}，有 80 % 的概率能检出`,
  };
  const blocks = pairs.flatMap(({ detectable, blocksNeeded }) => (detectable === null ? [] : (blocksNeeded ?? [])));
  if (blocks.length < pairs.length) return chance;
  const needed = Math.max(...blocks);
  return {
    en: `${chance.en}; ${needed} blocks show one outside the band`,
    zh: `${chance.zh}；要检出等效区间之外的差异，需要 ${needed} 个区组`,
  };
}

/**
 * Returns the true difference that these blocks show in each of the pairs with a power of 80 %, or null if they are too
 * few to show any.
 * @param pairs that are undecided
 * @param format of the difference
 */
export function detectableDifference(
  pairs: readonly Comparison[],
  format: (difference: Pick<Comparison, "scale" | "estimate">) => string,
): string | null {
  const [first] = pairs;
  const detectable = pairs.flatMap((pair) => pair.detectable ?? []);
  if (first === undefined || detectable.length < pairs.length) return null;
  return format({ scale: first.scale, estimate: Math.max(...detectable) });
}

function medians(figure: Figure, measured: readonly RankedCell[]): Sentence {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }): Sentence => {
    const value: Phrase = [{ name: cell.plugin }, ` ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`];
    return { en: value, zh: value };
  });
  const { en, zh } = joinAll(values, { en: ", ", zh: "、" });
  const unit = scale.unit === "" ? "" : ` ${scale.unit}`;
  return { en: phrase`${en}${unit}`, zh: phrase`${zh}${unit}` };
}

/** Returns `Throughput, cross-node`, with a mark for headline questions. */
export function questionTitle({ metric }: Figure, { path, comparisons }: Question): Text {
  const isHeadline = comparisons.some(({ family }) => family === "headline");
  const label = metricLabel(metric);
  return {
    en: `${label.en}, ${path}${isHeadline ? " (headline)" : ""}`,
    zh: `${label.zh}，${path}${isHeadline ? "（主要问题）" : ""}`,
  };
}

/** Returns how many differences of the report may be false. */
export function errorControlSentences({ headlines, exploratory }: ErrorControl): Text[] {
  return [...headlineSentence(headlines), ...exploratorySentence(exploratory)];
}

function headlineSentence({ planned, compared, errorRate }: ErrorControl["headlines"]): Text[] {
  if (compared === 0) return [];
  const limit = formatPercent(errorRate);
  const count = `${compared} of ${formatCount(planned, "headline question")} compared`;
  return [
    {
      en: `${count}: at most ${limit} chance of any false difference.`,
      zh: `已比较 ${compared} 个主要问题（共 ${planned} 个）：出现任何虚假差异的概率不超过 ${limit}。`,
    },
  ];
}

function exploratorySentence(exploratory: ErrorControl["exploratory"]): Text[] {
  const { questions, selected, different, falseDiscoveryRate } = exploratory;
  if (questions === 0) return [];
  const count = {
    en: `Exploratory: ${different} of ${formatCount(questions, "question")} with a difference`,
    zh: `探索性问题：${different} 个有差异（共 ${questions} 个）`,
  };
  if (different === 0) return [{ en: `${count.en}.`, zh: `${count.zh}。` }];
  const expected = Math.max(1, Math.ceil(selected * falseDiscoveryRate));
  return [
    {
      en: `${count.en}, at most ${expected} of them expected to be false.`,
      zh: `${count.zh}，其中预计至多 ${expected} 个为虚假差异。`,
    },
  ];
}
