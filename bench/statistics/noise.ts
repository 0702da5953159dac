/** The noise of simulated measurements, on the scale of logarithms. */
import { shuffle, type Random } from "../../results/index.ts";
import { FACTOR } from "./questions.ts";

/** Departures of the noise from a normal distribution. */
export interface NoiseShape {
  /** Student's t with 3 degrees of freedom, one factor for all metrics of a deployment. */
  readonly heavyTails?: true;
  /** The machine becomes 30 % slower from the first to the last block, and 2 % with each deployment of a block. */
  readonly drift?: true;
  /** In 5 % of the blocks, values are 50 % higher and the noise is three times as large. */
  readonly slowBlocks?: true;
  /** The last plugin has three times the noise of the others. */
  readonly unequal?: true;
  /** Each deployment of the first plugin is in one of two modes, 20 % apart. */
  readonly bimodal?: true;
  /** Values are multiples of 2 % of the typical value. */
  readonly ties?: true;
}

export const SHAPES = {
  normal: {},
  "heavy tails": { heavyTails: true },
  drift: { drift: true },
  "slow blocks": { slowBlocks: true },
  "unequal noise": { unequal: true },
  bimodal: { bimodal: true },
  ties: { ties: true },
  all: { heavyTails: true, drift: true, slowBlocks: true, unequal: true, bimodal: true, ties: true },
} satisfies Readonly<Record<string, NoiseShape>>;

export type ShapeName = keyof typeof SHAPES;
export const SHAPE_NAMES = Object.keys(SHAPES) as ShapeName[];

/** Standard deviation of the effect of a block. */
const BLOCK_SPREAD = 0.15;
const DRIFT = 0.3;
const DRIFT_IN_BLOCK = 0.02;
const SLOW_SHARE = 0.05;
const SLOW_EFFECT = Math.log(1.5);
const SLOW_NOISE = 3;
const UNEQUAL_NOISE = 3;
const MODE_DISTANCE = 0.2;
/** Degrees of freedom of heavy tails. */
const TAIL_FREEDOM = 3;
/** Resolution of values with ties, relative to the typical value. */
const TICK = 0.02;

export interface BlockNoise {
  readonly shape: NoiseShape;
  /** Number of plugins, and of blocks of the run. */
  readonly plugins: number;
  readonly blocks: number;
  /** Standard deviation within blocks. */
  readonly spread: number;
}

/** Returns the noise of one block, by plugin and question. */
export function noiseOfBlock(
  block: number,
  { shape, plugins, blocks, spread }: BlockNoise,
  random: Random,
): number[][] {
  const isSlow = shape.slowBlocks === true && random() < SLOW_SHARE;
  const common = (isSlow ? SLOW_EFFECT : 0) + (shape.drift === true ? (DRIFT * block) / Math.max(1, blocks - 1) : 0);
  const effects = FACTOR.map(() => common + BLOCK_SPREAD * normal(random));
  const places = shuffle([...Array(plugins).keys()], random);
  return places.map((place, plugin) => {
    const factor =
      spread *
      (isSlow ? SLOW_NOISE : 1) *
      (shape.unequal === true && plugin === plugins - 1 ? UNEQUAL_NOISE : 1) *
      (shape.heavyTails === true ? tailFactor(random) : 1);
    const mode = shape.bimodal === true && plugin === 0 ? (random() < 0.5 ? -0.5 : 0.5) * MODE_DISTANCE : 0;
    const inBlock = shape.drift === true ? DRIFT_IN_BLOCK * place : 0;
    const deviations = correlated(random);
    return deviations.map((deviation, question) => (effects[question] as number) + inBlock + mode + factor * deviation);
  });
}

/** Returns the value of a measurement. @param noise logarithm */
export function valueOf(base: number, noise: number, { ties }: NoiseShape): number {
  const value = base * Math.exp(noise);
  if (ties !== true) return value;
  const tick = TICK * base;
  return tick * Math.max(1, Math.round(value / tick));
}

/** Returns a Poisson number, or 0 with a probability of 30 %. */
export function count(mean: number, random: Random): number {
  if (random() < 0.3) return 0;
  const limit = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > limit; product *= random()) events++;
  return events;
}

/** Box-Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function correlated(random: Random): number[] {
  const independent = FACTOR.map(() => normal(random));
  return FACTOR.map((row) => row.reduce((sum, weight, index) => sum + weight * (independent[index] as number), 0));
}

/** Returns the factor that makes normal numbers t-distributed with a variance of 1. */
function tailFactor(random: Random): number {
  let squares = 0;
  for (let i = 0; i < TAIL_FREEDOM; i++) squares += normal(random) ** 2;
  return Math.sqrt((TAIL_FREEDOM - 2) / squares);
}
