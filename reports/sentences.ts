/** Writes the answer to a question as one sentence that claims no more than the statistics support. */
import { groupBy } from "../core/group.ts";
import type { Comparison, ErrorControl } from "../results/index.ts";
import { commonScale, formatCount, formatDifference, formatNumber, formatPercent } from "./format.ts";
import { metricLabel } from "./language/metric-labels.ts";
import { joinItems, joinNames, joinSentences, same, type Text } from "./language/text.ts";
import { fromViewOf, type Figure, type Question, type RankedCell } from "./questions.ts";

/** Returns the shown differences, the equal and the undecided pairs, and the medians of a question. */
export function rankingSentence(figure: Figure, question: Question): Text {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const failed = question.rankedCells.filter(({ cell }) => cell.state === "failed").map(({ cell }) => cell.plugin);
  const names = joinNames(failed);
  const failedNote = failed.length === 0 ? [] : [{ en: `Not measured: ${names.en}.`, zh: `未测得：${names.zh}。` }];
  if (measured.length === 0) return failedNote[0] ?? { en: "No plugin was measured.", zh: "没有测得任何插件的数据。" };
  return joinSentences([...ranking(figure, question, measured), ...failedNote]);
}

function ranking(figure: Figure, question: Question, measured: readonly RankedCell[]): readonly Text[] {
  const values = medians(figure, measured);
  const medianList = { en: `Medians: ${values.en}.`, zh: `中位数：${values.zh}。` };
  if (measured.length === 1)
    return [{ en: `Only one plugin was measured: ${values.en}.`, zh: `仅测得一个插件：${values.zh}。` }];
  const { comparisons } = question;
  if (comparisons.length === 0) return [{ en: "Not ranked.", zh: "未排名。" }, medianList];
  const names = measured.map(({ cell }) => cell.plugin);
  const notCompared = joinNames(measured.filter(({ ranks }) => ranks === null).map(({ cell }) => cell.plugin));
  return [
    ...differenceSentences(figure, comparisons, names),
    ...equalSentences(comparisons),
    ...undecidedSentences(figure, comparisons),
    ...(notCompared.en === "" ? [] : [{ en: `Not compared: ${notCompared.en}.`, zh: `未比较：${notCompared.zh}。` }]),
    medianList,
  ];
}

/** Returns the differences that were shown: a plugin that is better than all others, or each pair. */
function differenceSentences({ unit }: Figure, comparisons: readonly Comparison[], names: readonly string[]): Text[] {
  const lossesOf = (name: string): Comparison[] =>
    comparisons.flatMap((each) => fromViewOf(name, each) ?? []).filter(({ verdict }) => verdict === "worse");
  const losers = names.map((name) => ({ name, losses: lossesOf(name) })).filter(({ losses }) => losses.length > 0);
  const winner = names.find((name) =>
    names.every((other) => other === name || lossesOf(other).some(({ b }) => b === name)),
  );
  if (winner === undefined) {
    return losers.map(({ name, losses }) => {
      const better = joinNames(losses.map((loss) => parenthesized(loss.b, same(formatDifference(loss, unit)))));
      return { en: `${name} ranks below ${better.en}.`, zh: `${name} 的排名低于 ${better.zh}。` };
    });
  }
  const worse = losers.flatMap(({ name, losses }) =>
    losses
      .filter(({ b }) => b === winner)
      .map((loss) => {
        const difference = formatDifference(loss, unit);
        return parenthesized(name, { en: `${difference} vs. ${winner}`, zh: `相对 ${winner} 为 ${difference}` });
      }),
  );
  const list = joinNames(worse);
  return [
    {
      en: `${winner} ranks first; ${list.en} ${worse.length === 1 ? "ranks" : "rank"} lower.`,
      zh: `${winner} 排名第一；${list.zh}排名靠后。`,
    },
  ];
}

function parenthesized(name: string, note: Text): Text {
  return { en: `${name} (${note.en})`, zh: `${name}（${note.zh}）` };
}

function equalSentences(comparisons: readonly Comparison[]): Text[] {
  const equal = comparisons.filter(({ verdict }) => verdict === "equal");
  if (equal.length === 0) return [];
  const pairs = pairList(equal);
  return [{ en: `Equal within the band: ${pairs.en}.`, zh: `在等效区间内相等：${pairs.zh}。` }];
}

/** Returns the undecided pairs, by reason. */
function undecidedSentences({ unit }: Figure, comparisons: readonly Comparison[]): Text[] {
  const undecided = comparisons.filter(({ verdict }) => verdict === "undecided");
  return [...groupBy(undecided, ({ reason }) => reason ?? "").values()].map((pairs) => {
    const [list, note] = [pairList(pairs), undecidedNote(pairs, unit)];
    return { en: `Undecided: ${list.en} (${note.en}).`, zh: `未定：${list.zh}（${note.zh}）。` };
  });
}

/** Returns the names if each pair of them is in the list, and otherwise the pairs. */
function pairList(pairs: readonly Comparison[]): Text {
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const isComplete = pairs.length === (names.length * (names.length - 1)) / 2;
  return isComplete ? joinNames(names) : joinItems(pairs.map(({ a, b }) => joinNames([a, b])));
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

/** Returns which difference these blocks had a chance to show, and how many blocks a small one needs. */
function sensitivityNote(pairs: readonly Comparison[], unit: string): Text {
  const chance = chanceToShow(pairs, (largest) => formatDifference(largest, unit));
  const blocks = pairs.flatMap(({ detectable, blocksNeeded }) => (detectable === null ? [] : (blocksNeeded ?? [])));
  if (blocks.length < pairs.length) return chance;
  const needed = Math.max(...blocks);
  return {
    en: `${chance.en}; ${needed} blocks show one outside the band`,
    zh: `${chance.zh}；要检出等效区间之外的差异，需要 ${needed} 个区组`,
  };
}

/**
 * Returns which true difference these blocks show in each of the pairs with a power of 80 %.
 * @param pairs that are undecided
 * @param format of the difference
 */
export function chanceToShow(
  pairs: readonly Comparison[],
  format: (difference: Pick<Comparison, "scale" | "estimate">) => string,
): Text {
  const [first] = pairs;
  const detectable = pairs.flatMap((pair) => pair.detectable ?? []);
  if (first === undefined || detectable.length < pairs.length)
    return { en: "too few blocks to show any difference", zh: "区组太少，无法检出任何差异" };
  const largest = format({ scale: first.scale, estimate: Math.max(...detectable) });
  return {
    en: `a difference of ${largest} had an 80 % chance to show`,
    zh: `若真实差异为 ${largest}，有 80 % 的概率能检出`,
  };
}

function medians(figure: Figure, measured: readonly RankedCell[]): Text {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = joinItems(
    measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`),
  );
  const unit = scale.unit === "" ? "" : ` ${scale.unit}`;
  return { en: `${values.en}${unit}`, zh: `${values.zh}${unit}` };
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
