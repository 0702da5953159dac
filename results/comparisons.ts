/**
 * Compares all pairs of plugins of every question, and limits the chance of false verdicts across the report: see
 * docs/method.md, "Verdicts". A question is a metric of a scenario on a path.
 */
import { createHash } from "node:crypto";
import { groupBy } from "../core/group.ts";
import { compareQuestion, type BandOf, type MeasuredCell, type TestedQuestion } from "./compare-question.ts";
import { MAX_LEVEL, minReachableAdjustedP, testQuestion } from "./inference/closed-testing.ts";
import { selectionLevel } from "./inference/false-discovery.ts";
import { observationsOf, scaleOf } from "./observations.ts";
import { seededRandom } from "./random.ts";
import type { CellKey } from "./record.ts";
import type { Comparison, ErrorControl } from "./summary.ts";

/** Chance of any false verdict in the headline questions of a run. */
export const HEADLINE_ERROR_RATE = 0.05;
/** Expected share of false ones among the decided exploratory questions. */
export const FALSE_DISCOVERY_RATE = 0.1;

export interface ComparisonRules {
  /** Seed of the run. */
  readonly seed: number;
  /** IDs of the headline questions that the run planned. */
  readonly headlines: readonly string[];
  readonly bandOf: BandOf;
}

/** Returns the ID of a question: suite/scenario/path/metric. */
export function questionId({ suite, scenario, path, metric }: Omit<CellKey, "plugin" | "cluster">): string {
  return [suite, scenario, path, metric].join("/");
}

/** Returns the level of a headline question: the error rate is divided among all headlines of the run. */
export function headlineLevel(headlines: number): number {
  return HEADLINE_ERROR_RATE / Math.max(1, headlines);
}

/** Returns the smallest number of blocks that can decide each of these headline questions. */
export function blocksForHeadlines(headlines: number, plugins: number): number {
  let blocks = 1;
  while (minReachableAdjustedP(blocks, plugins) > headlineLevel(headlines)) blocks++;
  return blocks;
}

/** Returns all comparisons of a run by question, in plan order, and what limits their errors. */
export function compareAll(
  cells: readonly MeasuredCell[],
  rules: ComparisonRules,
): { comparisons: Comparison[]; errorControl: ErrorControl } {
  const ranked = cells.filter(({ planned, blocks }) => planned.better !== "none" && blocks.length > 0);
  const groups = groupBy(ranked, ({ planned }) => questionId(planned));
  const questions = [...groups].map(([id, ofQuestion]) => testCells(id, ofQuestion, rules.seed));
  const tested = questions.filter(({ test }) => test.pairs.length > 0);
  const isHeadline = ({ id }: TestedQuestion): boolean => rules.headlines.includes(id);
  const exploratory = tested.filter((question) => !isHeadline(question));
  // Every selected question raises the level of the others, so questions without a verdict do not count.
  const decidable = exploratory.filter(isDecidable);
  const globalPs = decidable.map(({ test }) => test.global);
  const levels = {
    headline: headlineLevel(rules.headlines.length),
    exploratory: Math.min(MAX_LEVEL, selectionLevel(globalPs, FALSE_DISCOVERY_RATE)),
  };
  // If no question is selected, the sensitivity is that of one that is selected alone.
  const singleLevel = Math.min(MAX_LEVEL, FALSE_DISCOVERY_RATE / Math.max(1, decidable.length));
  const comparisons = tested.flatMap((question) => {
    const family = isHeadline(question) ? "headline" : "exploratory";
    const level = levels[family];
    const planningLevel = Math.max(level, family === "headline" ? 0 : singleLevel);
    return compareQuestion(question, { family, level, planningLevel }, rules.bandOf);
  });
  const selected = decidable.filter(({ test }) => test.global <= levels.exploratory);
  const different = new Set(comparisons.filter(isExploratoryDifference).map(questionId));
  const headlines = new Set(comparisons.filter(({ family }) => family === "headline").map(questionId));
  return {
    comparisons,
    errorControl: {
      headlines: { planned: rules.headlines.length, compared: headlines.size, errorRate: HEADLINE_ERROR_RATE },
      exploratory: {
        questions: exploratory.length,
        selected: selected.length,
        different: different.size,
        falseDiscoveryRate: FALSE_DISCOVERY_RATE,
      },
    },
  };
}

/** Reports whether any pair of a question can have a verdict. */
function isDecidable({ cells }: TestedQuestion): boolean {
  return cells.filter(({ busy }) => !busy).length >= 2;
}

function isExploratoryDifference({ family, verdict }: Comparison): boolean {
  return family === "exploratory" && (verdict === "better" || verdict === "worse");
}

function testCells(id: string, cells: readonly MeasuredCell[], seed: number): TestedQuestion {
  const plugins = cells.map(({ blocks }) => blocks);
  const scale = scaleOf(plugins);
  const observations = observationsOf(plugins, scale);
  return { id, cells, scale, observations, test: testQuestion(observations, seededRandom(questionSeed(seed, id))) };
}

/**
 * Returns the seed of the random arrangements of a question: the first 48 bits of SHA-256 of the seed of the run, a
 * space and the ID of the question. Every p-value can therefore be recomputed.
 */
function questionSeed(seed: number, id: string): number {
  return createHash("sha256").update(`${seed} ${id}`).digest().readUIntBE(0, 6);
}
