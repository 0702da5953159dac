import { expect, it } from "vitest";
import { detectableEffect } from "../../../results/inference/power.ts";
import { blocksToShow, type PlannedLoad, predictDetectable } from "../../../results/noise/predict-noise.ts";
import { sampleMetric, sampleNoiseCard } from "../../helpers/sample-noise-card.ts";

const LEVEL = 0.05;
const LOAD: PlannedLoad = {
  runner: "iperf3",
  params: { streams: 1, omit: 3 },
  path: "cross-node",
  metric: "throughput",
  repetitions: 2,
  blocks: 12,
};
/** Smallest difference that twelve blocks detect, in standard deviations. */
const EFFECT = detectableEffect(12, LEVEL) ?? 0;

it("predicts the ratio that the planned blocks show, from the spread of pairs", () => {
  expect(predictDetectable(sampleNoiseCard(), LOAD, LEVEL)).toBeCloseTo(Math.exp(EFFECT * 0.05), 12);
});

it.each([
  ["fewer repetitions add variation", 1, 0.05 ** 2 + 0.02 ** 2],
  ["more repetitions remove variation", 4, 0.05 ** 2 - 0.02 ** 2 / 2],
])("%s", (_, repetitions, variance) => {
  const ratio = predictDetectable(sampleNoiseCard(), { ...LOAD, repetitions }, LEVEL);
  expect(ratio).toBeCloseTo(Math.exp(EFFECT * Math.sqrt(variance)), 12);
});

it("never expects more of repetitions than their number", () => {
  const card = sampleNoiseCard({ metrics: [sampleMetric({ paired: 0.01, within: 0.5 })] });
  const ratio = predictDetectable(card, { ...LOAD, repetitions: 8 }, LEVEL);
  expect(ratio).toBeCloseTo(Math.exp(EFFECT * 0.005), 12);
});

it("predicts nothing for other loads, and for too few blocks", () => {
  const others: Partial<PlannedLoad>[] = [
    { runner: "netperf" },
    { params: { streams: 8, omit: 0.2 } },
    { path: "same-node" },
    { metric: "cpu" },
    { blocks: 5 },
  ];
  for (const other of others) expect(predictDetectable(sampleNoiseCard(), { ...LOAD, ...other }, LEVEL)).toBeNull();
});

it("returns the blocks that show 10 % in one question", () => {
  const blocks = blocksToShow({ paired: 0.1 }) ?? 0;
  const shown = (n: number): number => Math.exp((detectableEffect(n, LEVEL) ?? Infinity) * 0.1);
  expect(shown(blocks)).toBeLessThanOrEqual(1.1);
  expect(shown(blocks - 1)).toBeGreaterThan(1.1);
  expect(blocksToShow({ paired: 0 })).toBe(6);
  expect(blocksToShow({ paired: 50 })).toBeNull();
});
