/** The texts of a noise card, for reports and the terminal. */
import { blocksToShow, MAX_COUNT, type NoiseCard, type NoiseMetric, SHOWN_RATIO } from "../results/index.ts";
import { formatChange, formatCount, formatP, formatPercent, formatValue } from "./format.ts";
import { metricLabel } from "./language/metric-labels.ts";
import { same, type Text } from "./language/text.ts";

/** The difference whose cost in blocks a card states. */
const SHOWN = formatPercent(SHOWN_RATIO - 1);

export const NOISE_COLUMNS: readonly Text[] = [
  { en: "Metric", zh: "指标" },
  { en: "Path", zh: "路径" },
  { en: "Median", zh: "中位数" },
  { en: "Between deployments", zh: "部署之间" },
  { en: "Within a deployment", zh: "同一部署内" },
  { en: "Drift", zh: "漂移" },
  { en: "Modes", zh: "分布峰数" },
  { en: "Between runs", zh: "运行之间" },
  { en: `To show ${SHOWN}`, zh: `检出 ${SHOWN} 的差异所需` },
];

/** Returns a row per metric. */
export function noiseRows(card: NoiseCard): Text[][] {
  return card.metrics.map((noise) => [
    metricName(noise),
    same(noise.path),
    same(formatValue(noise.median, noise.unit)),
    same(formatPercent(noise.between)),
    noise.within === null ? { en: "not measured", zh: "未测量" } : same(formatPercent(noise.within)),
    driftText(noise),
    modesText(noise.modes),
    noise.betweenRuns === null ? { en: "one run", zh: "仅一次运行" } : same(formatPercent(noise.betweenRuns)),
    costText(noise, card.secondsPerBlock),
  ]);
}

/** Returns the conditions of the card, and how to read it. */
export function noiseSentences({ plugin, cluster, runs, blocks, duration, measuredAt }: NoiseCard): Text[] {
  const measured = measuredAt.replace("T", " ").slice(0, 16);
  return [
    {
      en:
        `Measured ${measured} UTC: ${plugin} against itself on ${cluster}, ${formatCount(runs, "run")} of ` +
        `${formatCount(blocks, "block")}, ${duration} s of load.`,
      zh:
        `测量于 ${measured} UTC：${plugin} 在 ${cluster} 上与自身比较，${runs} 次运行，每次 ${blocks} 个区组，` +
        `负载时长 ${duration} s。`,
    },
    {
      en:
        "The last column is for two plugins and one headline question, with a probability of 80 %; its time is that " +
        "of the loads of this card.",
      zh: "最后一列针对两个插件和一个主要问题，概率为 80 %；其时间是此噪声卡中各负载的时间。",
    },
  ];
}

function metricName({ scenario, metric, busy }: NoiseMetric): Text {
  const label = metricLabel(metric);
  return {
    en: `${scenario}: ${label.en}${busy ? " (busy machine)" : ""}`,
    zh: `${scenario}：${label.zh}${busy ? "（机器繁忙）" : ""}`,
  };
}

function driftText({ drift, drifts }: NoiseMetric): Text {
  const change = formatChange(drift);
  return drifts ? { en: `${change} (trend)`, zh: `${change}（有趋势）` } : same(change);
}

function modesText(modes: NoiseMetric["modes"]): Text {
  if (modes === null) return { en: "not assessed", zh: "未评估" };
  const p = formatP(modes.p);
  return modes.count === 1 ? same("1") : { en: `2 or more (${p})`, zh: `2 个或更多（${p}）` };
}

function costText(noise: NoiseMetric, secondsPerBlock: number): Text {
  const blocks = blocksToShow(noise);
  if (blocks === null) return { en: `more than ${MAX_COUNT} blocks`, zh: `超过 ${MAX_COUNT} 个区组` };
  const minutes = Math.ceil((blocks * secondsPerBlock) / 60);
  return { en: `${formatCount(blocks, "block")}, ${minutes} min`, zh: `${blocks} 个区组，${minutes} min` };
}
