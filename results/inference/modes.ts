/** Tests whether values have more than one mode. */
import { cumulativeStdNormalProbability, mean, probit } from "simple-statistics";
import type { Random } from "../random.ts";
import { dipOf } from "./dip.ts";

/** With fewer values, two modes do not differ from chance. */
export const MIN_VALUES_FOR_MODES = 20;

const LEVEL = 0.05;
const SIMULATIONS = 2000;

export interface Modes {
  /** 2: at least two. */
  readonly count: 1 | 2;
  /** p-value of a single mode. */
  readonly p: number;
}

/**
 * Tests with Hartigan's dip whether pairs of values have one mode, or returns null for fewer than
 * {@link MIN_VALUES_FOR_MODES} values. The null distribution is that of uniform values, which have the largest dips of
 * all distributions with one mode. It is simulated with the correlation of the pairs, because dependent values form
 * clusters by chance.
 * @param pairs finite numbers
 */
export function countModes(pairs: readonly (readonly [number, number])[], random: Random): Modes | null {
  const values = pairs.flat();
  if (values.length < MIN_VALUES_FOR_MODES) return null;
  const correlation = Math.max(0, pairCorrelation(pairs));
  const dip = dipOf(values);
  let asLarge = 0;
  for (let i = 0; i < SIMULATIONS; i++) if (dipOf(uniformPairs(pairs.length, correlation, random)) >= dip) asLarge++;
  const p = (asLarge + 1) / (SIMULATIONS + 1);
  return { count: p <= LEVEL ? 2 : 1, p };
}

/** Returns the correlation within pairs of the normal scores of the values, which outliers hardly affect. */
function pairCorrelation(pairs: readonly (readonly [number, number])[]): number {
  const values = pairs.flat().sort((a, b) => a - b);
  // Equal values have the mean of their ranks.
  const score = (value: number): number =>
    probit((values.indexOf(value) + values.lastIndexOf(value) + 1) / (2 * values.length));
  const scores = pairs.map(([a, b]) => [score(a), score(b)] as const);
  const spread = mean(scores.flat().map((z) => z * z));
  return spread === 0 ? 0 : mean(scores.map(([a, b]) => a * b)) / spread;
}

/** Returns uniform values, of which each two consecutive ones have this correlation of their normal scores. */
function uniformPairs(count: number, correlation: number, random: Random): number[] {
  const [shared, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  return Array.from({ length: count }, () => probit(random())).flatMap((common) =>
    [0, 1].map(() => cumulativeStdNormalProbability(shared * common + own * probit(random()))),
  );
}
