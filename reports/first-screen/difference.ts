/** A difference of two plugins in words: `simplecni takes 5.0 times as long as bridge to ADD a pod`. */
import type { Comparison } from "../../results/index.ts";
import type { Figure } from "../questions.ts";
import { type Amount, amountOf } from "./amounts.ts";
import { type Name, phrase, type Phrase, type Sentence } from "./phrase.ts";
import { actionOf, isCount, quantityOf } from "./wording.ts";

/**
 * @param comparison whose `a` is worse than its `b`
 * @param short omit what the sentence before states: the quantity and the other plugin
 */
export function differencePhrase(figure: Figure, comparison: Comparison, short: boolean): Sentence {
  const amount = amountOf(comparison, figure.unit);
  const pair = { a: { name: comparison.a }, b: { name: comparison.b } };
  const { en, zh } = short ? shortWords(figure, pair, amount) : words(figure, pair, amount);
  const { n } = comparison;
  const { interval } = amount;
  if (interval === null) return { en: phrase`${en} (n = ${String(n)})`, zh: phrase`${zh}（n = ${String(n)}）` };
  return {
    en: phrase`${en} (95 % CI ${interval.en}, n = ${String(n)})`,
    zh: phrase`${zh}（95 % 置信区间 ${interval.zh}，n = ${String(n)}）`,
  };
}

interface Pair {
  readonly a: Name;
  readonly b: Name;
}

function words(figure: Figure, { a, b }: Pair, { kind, text }: Amount): Sentence {
  const action = actionOf(figure.metric);
  if (action !== null && kind === "factor")
    return {
      en: phrase`${a} takes ${text} times as long as ${b} ${action.en}`,
      zh: phrase`${a} ${action.zh}所需的时间是 ${b} 的 ${text} 倍`,
    };
  if (action !== null)
    return {
      en: phrase`${a} takes ${text} longer than ${b} ${action.en}`,
      zh: phrase`${a} ${action.zh}所需的时间比 ${b} 长 ${text}`,
    };
  const { en, zh } = quantityOf(figure.metric);
  if (kind === "factor")
    return {
      en: phrase`${a} has ${text} times the ${en} of ${b}`,
      zh: phrase`${a} 的${zh}是 ${b} 的 ${text} 倍`,
    };
  const [higher, gao] = direction(figure);
  if (kind === "percent" || isCount(figure.metric))
    return { en: phrase`${a} has ${text} ${higher} ${en} than ${b}`, zh: phrase`${a} 的${zh}比 ${b} ${gao} ${text}` };
  return {
    en: phrase`${a}: ${en} ${text} ${higher} than ${b}`,
    zh: phrase`${a} 的${zh}比 ${b} ${gao} ${text}`,
  };
}

function shortWords(figure: Figure, { a }: Pair, { kind, text }: Amount): Sentence {
  const isTime = actionOf(figure.metric) !== null;
  if (kind === "factor") {
    const en: Phrase = isTime ? phrase`${a} ${text} times as long` : phrase`${a} ${text} times`;
    return { en, zh: phrase`${a} 是 ${text} 倍` };
  }
  const [higher, gao] = isTime ? ["longer", "长"] : direction(figure);
  return { en: phrase`${a} ${text} ${higher}`, zh: phrase`${a} ${gao} ${text}` };
}

/** Returns the direction in which the worse plugin differs. */
function direction({ metric, better }: Figure): readonly [en: string, zh: string] {
  if (isCount(metric)) return better === "higher" ? ["fewer", "少"] : ["more", "多"];
  return better === "higher" ? ["lower", "低"] : ["higher", "高"];
}
