/**
 * Compares all pairs of plugins of one question by closed testing (Marcus, Peritz and Gabriel, Biometrika 63, 1976):
 * a pair differs if every hypothesis is rejected in which both are equal. The hypotheses are the partitions of the
 * plugins into groups of equal ones. The chance of any false difference in the question is at most the level, without
 * dividing the level among the pairs: six blocks can therefore rank any number of plugins.
 *
 * A hypothesis is tested by rearranging labels within its groups, block by block. Its statistic is the sum of the
 * statistics of its groups (group-statistics.ts).
 */
import type { Random } from "../random.ts";
import { type Arrangements, arrangementsOf, MIN_RANDOM_P } from "./arrangements.ts";
import { differencesOf, type GroupStatistics, groupStatistics, type Observations } from "./group-statistics.ts";
import { holm } from "./holm.ts";
import { setPartitions } from "./set-partitions.ts";
import { MAX_EXACT_N, minReachableP, signedRankP } from "./signed-rank.ts";

/**
 * Largest level of any question. A pair with a larger p-value is undecided in every report, so hypotheses that only
 * contain such pairs are not tested.
 */
export const MAX_LEVEL = 0.05;

/** Number of plugins up to which closed testing is used. Beyond, Holm's correction of the pairs replaces it. */
export const MAX_CLOSED_PLUGINS = 8;

export interface PairTest {
  readonly a: number;
  readonly b: number;
  /** Blocks that have both plugins. */
  readonly n: number;
  /** p-value of the pair alone. */
  readonly p: number;
  /** p-value that accounts for all pairs of the question. Above {@link MAX_LEVEL} a lower bound of it. */
  readonly adjusted: number;
}

export interface QuestionTest {
  readonly pairs: readonly PairTest[];
  /** p-value of the hypothesis that all plugins are equal; 1 if no two plugins have a common block. */
  readonly global: number;
}

/**
 * Tests all pairs of plugins that have common blocks.
 * @param random source of random arrangements; not used if all can be listed
 */
export function testQuestion(observations: Observations, random: Random): QuestionTest {
  const plugins = observations[0]?.length ?? 0;
  const pairs = pairsOf(observations, plugins);
  if (pairs.length <= 1) return { pairs: pairs.map((pair) => ({ ...pair, adjusted: pair.p })), global: minP(pairs) };
  if (!isClosed(observations.length, plugins)) return holmCorrected(pairs);
  return closedTest({ observations, plugins, pairs }, random);
}

/**
 * Returns the smallest adjusted p-value that a pair can reach, which is when all differences have the same sign; 0
 * for a single plugin.
 */
export function minReachableAdjustedP(blocks: number, plugins: number): number {
  const pairs = (plugins * (plugins - 1)) / 2;
  const p = minReachableP(blocks);
  if (pairs <= 1) return pairs * p;
  return isClosed(blocks, plugins) ? Math.max(p, MIN_RANDOM_P) : Math.min(1, pairs * p);
}

function isClosed(blocks: number, plugins: number): boolean {
  return plugins <= MAX_CLOSED_PLUGINS && blocks <= MAX_EXACT_N;
}

type Pair = Omit<PairTest, "adjusted">;

function pairsOf(observations: Observations, plugins: number): Pair[] {
  const pairs: Pair[] = [];
  for (let a = 0; a < plugins; a++) {
    for (let b = a + 1; b < plugins; b++) {
      const differences = differencesOf(observations, a, b);
      if (differences.length > 0) pairs.push({ a, b, n: differences.length, p: signedRankP(differences) });
    }
  }
  return pairs;
}

/** With many blocks, p-values of single pairs can be small enough for the simpler correction. */
function holmCorrected(pairs: readonly Pair[]): QuestionTest {
  const adjusted = holm(pairs.map(({ p }) => p));
  return {
    pairs: pairs.map((pair, index) => ({ ...pair, adjusted: adjusted[index] as number })),
    global: Math.min(...adjusted),
  };
}

function minP(pairs: readonly Pair[]): number {
  return Math.min(1, ...pairs.map(({ p }) => p));
}

interface TestedData {
  readonly observations: Observations;
  readonly plugins: number;
  readonly pairs: readonly Pair[];
}

/** Tests the hypotheses in order, except those that cannot change a verdict. The first one is that all are equal. */
function closedTest(question: TestedData, random: Random): QuestionTest {
  const { plugins, pairs } = question;
  const everyone = 2 ** plugins - 1;
  const testOf = hypothesisTest(question, random);
  const global = testOf([everyone]);
  const adjusted = pairs.map(({ p }) => Math.max(p, global));
  const masks = pairs.map(({ a, b }) => (1 << a) | (1 << b));
  for (const groups of setPartitions(plugins)) {
    const inGroup = pairsInGroups(masks, groups);
    if (groups[0] === everyone || inGroup.every((index) => (adjusted[index] as number) > MAX_LEVEL)) continue;
    const p = testOf(groups);
    for (const index of inGroup) adjusted[index] = Math.max(adjusted[index] as number, p);
  }
  return { pairs: pairs.map((pair, index) => ({ ...pair, adjusted: adjusted[index] as number })), global };
}

/** Returns the indexes of the pairs that a hypothesis calls equal. */
function pairsInGroups(masks: readonly number[], groups: readonly number[]): number[] {
  const inGroup: number[] = [];
  for (let index = 0; index < masks.length; index++) {
    const both = masks[index] as number;
    if (groups.some((group) => (group & both) === both)) inGroup.push(index);
  }
  return inGroup;
}

/** Returns a function from a hypothesis, as its groups, to its p-value. */
function hypothesisTest(question: TestedData, random: Random): (groups: readonly number[]) => number {
  const { observations, plugins, pairs } = question;
  const arrangements = arrangementsOf(plugins, observations.length, random);
  const statistics = new Map<number, GroupStatistics>();
  const statisticsOf = (group: number): GroupStatistics => {
    const known = statistics.get(group) ?? groupStatistics(group, observations, arrangements);
    statistics.set(group, known);
    return known;
  };
  return (groups) => {
    const [first = 0] = groups;
    const pair = groups.length === 1 ? pairs.find(({ a, b }) => first === ((1 << a) | (1 << b))) : undefined;
    return pair?.p ?? pValue(groups.map(statisticsOf), arrangements);
  };
}

/** Tolerance for equal statistics that were summed in a different order. */
const ROUNDING = 1e-9;

function pValue(groups: readonly GroupStatistics[], { count, isComplete }: Arrangements): number {
  const observed = groups.reduce((sum, group) => sum + group.observed, 0) * (1 - ROUNDING);
  const atLeast =
    countAtLeast(
      groups.map(({ arranged }) => arranged),
      observed,
    ) + (isComplete ? 0 : 1);
  return atLeast / (isComplete ? count : count + 1);
}

/** Counts the indexes at which the sum of the addends is at least a limit. @param addends up to four of one length */
function countAtLeast([a, b, c, d]: readonly Float64Array[], limit: number): number {
  let atLeast = 0;
  const length = a?.length ?? 0;
  for (let i = 0; i < length; i++) {
    let sum = (a as Float64Array)[i] as number;
    if (b !== undefined) sum += b[i] as number;
    if (c !== undefined) sum += c[i] as number;
    if (d !== undefined) sum += d[i] as number;
    if (sum >= limit) atLeast++;
  }
  return atLeast;
}
