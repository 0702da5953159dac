/** Predicts from a noise card what a run can show. Pure; see docs/method.md, "Noise". */
import { blocksForEffect, detectableEffect } from "../inference/power.ts";
import type { LoadParams, NoiseCard, NoiseMetric } from "./noise-card.ts";

/** Parameters that only determine which part of a load is discarded. */
const WARM_UP_PARAMS: ReadonlySet<string> = new Set(["omit", "warmup"]);

/** The difference that a card translates into a number of blocks. */
export const SHOWN_RATIO = 1.1;
/** Level of a single headline question. */
const LEVEL = 0.05;

/** A load of a planned run. */
export interface PlannedLoad extends Pick<NoiseMetric, "runner" | "params" | "path" | "metric" | "repetitions"> {
  readonly blocks: number;
}

/**
 * Returns the smallest true ratio (above 1) that a planned question detects with a probability of 80 %, for one pair of
 * plugins.
 * @param level of the question
 * @returns null if the card has no such load, or if the blocks can detect nothing
 */
export function predictDetectable(card: NoiseCard, load: PlannedLoad, level: number): number | null {
  const noise = findNoise(card, load);
  const effect = detectableEffect(load.blocks, level);
  return noise === undefined || effect === null ? null : Math.exp(effect * pairedSpread(noise, load.repetitions));
}

/** Returns the blocks that show a difference of 10 % in a single question; null: more than 1,000. */
export function blocksToShow({ paired }: Pick<NoiseMetric, "paired">): number | null {
  // Infinity is the effect that too few blocks detect.
  return blocksForEffect(paired === 0 ? Number.MAX_VALUE : Math.log(SHOWN_RATIO) / paired, LEVEL);
}

/** Returns the noise of a load; undefined if the card does not have it. */
export function findNoise(
  card: NoiseCard,
  load: Pick<PlannedLoad, "runner" | "params" | "path" | "metric">,
): NoiseMetric | undefined {
  return card.metrics.find((one) => isSameLoad(one, load));
}

function isSameLoad(
  noise: NoiseMetric,
  { runner, params, path, metric }: Pick<PlannedLoad, "runner" | "params" | "path" | "metric">,
): boolean {
  return (
    noise.runner === runner &&
    noise.path === path &&
    noise.metric === metric &&
    loadKey(noise.params) === loadKey(params)
  );
}

function loadKey(params: LoadParams): string {
  return JSON.stringify(
    Object.entries(params)
      .filter(([name]) => !WARM_UP_PARAMS.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Returns the spread of the ratio of two deployments with another number of repetitions. */
function pairedSpread({ paired, within, repetitions }: NoiseMetric, planned: number): number {
  if (within === null || planned === repetitions) return paired;
  const variance = paired ** 2 + 2 * within ** 2 * (1 / planned - 1 / repetitions);
  // More repetitions never reduce the variance more than their number.
  return Math.sqrt(Math.max(variance, (paired ** 2 * repetitions) / Math.max(planned, repetitions)));
}
