/** The method section: how to read the numbers, and the rules behind them, in short. */
import { FALSE_DISCOVERY_RATE, HEADLINE_ERROR_RATE, MIN_BLOCKS } from "../../results/index.ts";
import { formatPercent } from "../format.ts";
import type { Text } from "../language/text.ts";
import { foldedSection } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

const HEADLINES = formatPercent(HEADLINE_ERROR_RATE);
const DISCOVERIES = formatPercent(FALSE_DISCOVERY_RATE);

const RULES: readonly { readonly title: Text; readonly rule: Text }[] = [
  {
    title: { en: "n is the number of blocks.", zh: "n 是区组数。" },
    rule: {
      en:
        "Each block deploys every plugin once, in random order, together with the host baseline. The value of a " +
        "block is the median of its repetitions. One-second intervals within a load are never used as samples.",
      zh:
        "每个区组以随机顺序将每个插件部署一次，并同时测量 host 基线。区组的值是其各次重复的中位数。" +
        "同一负载内每秒的读数绝不作为样本。",
    },
  },
  {
    title: { en: "Median and 95 % confidence interval (CI).", zh: "中位数与 95 % 置信区间（CI）。" },
    rule: {
      en:
        "The interval lies between two of the block values (order statistics) and assumes no distribution. With " +
        `fewer than ${MIN_BLOCKS} blocks, no interval is given.`,
      zh: `区间的两端是区组值中的两个次序统计量，不假定任何分布。区组少于 ${MIN_BLOCKS} 个时不给出区间。`,
    },
  },
  {
    title: { en: "Ratio to host.", zh: "与 host 的比值。" },
    rule: {
      en:
        "Each value is divided by the host-to-host value of the same block, so that drift of the machine " +
        "cancels out.",
      zh: "每个值都除以同一区组中 host 到 host 的值，从而抵消机器本身的漂移。",
    },
  },
  {
    title: { en: "Verdicts.", zh: "结论。" },
    rule: {
      en:
        "Two plugins are compared on the blocks that both have. “Equal”: the 90 % interval of their ratio lies " +
        "inside the equivalence band, which is 5 % unless the suite sets another one, or an absolute band for " +
        "metrics that can be 0. “Better” and “worse”: the difference is significant, after a correction for all " +
        "pairs of the question (one metric on one path). “Undecided”: neither was shown; the smallest true " +
        "difference that would have shown in 80 % of such runs is given, for one pair and normal differences. " +
        "The interval of a ratio covers one pair. Ranks are ranges: from one plus the number of plugins that " +
        "were shown to be better, to the number of plugins minus those shown to be worse.",
      zh:
        "两个插件在二者共有的区组上比较。“相等”：二者比值的 90 % 区间位于等效区间之内；等效区间为 5 %，" +
        "除非套件另行设置，对可能为 0 的指标则为绝对区间。“更优”和“更差”：对同一问题（一条路径上的一个指标）" +
        "的所有插件对进行校正后，差异仍然显著。“未定”：以上均未得到证实；此时给出在此类运行中有 80 % 的概率" +
        "能够检出的最小真实差异，针对一对插件并假定差异服从正态分布。比值的区间只针对一对插件。" +
        "排名是一个范围：下限为已证实更优的插件数加一，上限为插件总数减去已证实更差的插件数。",
    },
  },
  {
    title: { en: "False differences.", zh: "虚假差异。" },
    rule: {
      en:
        "A suite can name headline questions before the run; the chance that any of their differences is false " +
        `is at most ${HEADLINES}. All other questions are exploratory: of those in which the plugins do not ` +
        `seem to be all equal, at most ${DISCOVERIES} are expected to have a false difference. Each “equal” has ` +
        "a chance of at most 5 % of being false.",
      zh:
        `套件可以在运行之前指定主要问题；其中出现任何虚假差异的概率不超过 ${HEADLINES}。其他问题都是探索性的：` +
        `在各插件看起来不全相等的问题中，预计至多有 ${DISCOVERIES} 存在虚假差异。` +
        "每个“相等”的结论有误的概率不超过 5 %。",
    },
  },
  {
    title: { en: "Failures.", zh: "失败。" },
    rule: {
      en:
        "One failed repetition fails its cell, so no median hides a failure. Outliers are flagged, never " + "removed.",
      zh: "只要有一次重复失败，对应的单元就算失败，因此中位数不会掩盖失败。离群值会被标记，但绝不剔除。",
    },
  },
];

export function methodSection(): Html {
  return foldedSection(
    "method",
    { en: "How to read this report", zh: "如何阅读本报告" },
    html`<ul class="plain">
      ${RULES.map(({ title, rule }) => html`<li><strong>${title}</strong> ${rule}</li>`)}
    </ul>`,
  );
}
