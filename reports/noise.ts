/** The texts of a noise card, for reports and the terminal. */
import { blocksToShow, type NoiseCard, type NoiseMetric, SHOWN_RATIO } from "../results/index.ts";
import { formatChange, formatCount, formatP, formatPercent, formatValue, metricLabel } from "./format.ts";

/** The difference whose cost in blocks a card states. */
const SHOWN = formatPercent(SHOWN_RATIO - 1);

export const NOISE_COLUMNS: readonly string[] = [
  "Metric",
  "Path",
  "Median",
  "Between deployments",
  "Within a deployment",
  "Drift",
  "Modes",
  "Between runs",
  `To show ${SHOWN}`,
];

/** Returns a row per metric. */
export function noiseRows(card: NoiseCard): string[][] {
  return card.metrics.map((noise) => [
    `${noise.scenario}: ${metricLabel(noise.metric)}${noise.busy ? " (busy machine)" : ""}`,
    noise.path,
    formatValue(noise.median, noise.unit),
    formatPercent(noise.between),
    noise.within === null ? "not measured" : formatPercent(noise.within),
    `${formatChange(noise.drift)}${noise.drifts ? " (trend)" : ""}`,
    modesText(noise.modes),
    noise.betweenRuns === null ? "one run" : formatPercent(noise.betweenRuns),
    costText(noise, card.secondsPerBlock),
  ]);
}

/** Returns the conditions of the card, and how to read it. */
export function noiseSentences({ plugin, cluster, runs, blocks, duration, measuredAt }: NoiseCard): string[] {
  const measured = measuredAt.replace("T", " ").slice(0, 16);
  return [
    `Measured ${measured} UTC: ${plugin} against itself on ${cluster}, ${formatCount(runs, "run")} of ` +
      `${formatCount(blocks, "block")}, ${duration} s of load.`,
    "The last column is for two plugins and one headline question, with a probability of 80 %; its time is that of " +
      "the loads of this card.",
  ];
}

function modesText(modes: NoiseMetric["modes"]): string {
  if (modes === null) return "not assessed";
  return modes.count === 1 ? "1" : `2 or more (${formatP(modes.p)})`;
}

function costText(noise: NoiseMetric, secondsPerBlock: number): string {
  const blocks = blocksToShow(noise);
  if (blocks === null) return "more than 1000 blocks";
  return `${formatCount(blocks, "block")}, ${Math.ceil((blocks * secondsPerBlock) / 60)} min`;
}
