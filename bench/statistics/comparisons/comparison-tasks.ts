/** The work of the self-test of comparisons between runs, in pieces that are simulated independently. */
import { compareRuns, isConclusive, isSuspect, questionId, seededRandom } from "../../../results/index.ts";
import type { ComparedCell, Random, RunComparison } from "../../../results/index.ts";
import { SHAPE_NAMES } from "../noise.ts";
import { RATIO_QUESTIONS } from "../questions.ts";
import { add, tallyOf, type Tally } from "../tally.ts";
import { PLUGIN, signOf, simulateCard, simulateRun, type RunDesign } from "./simulated-runs.ts";

/** Comparisons of one kind with consecutive numbers. */
export interface ComparisonTask {
  /** Runs of each side. */
  readonly runs: number;
  readonly hasCard: boolean;
  /** Slow runners: 5 % of the runs are 10 % to 30 % slower; the reference shows 80 % of that, or none. */
  readonly runners: Runners;
  /** Factor by which the plugin is slower in one headline of the head runs; 1: no change. */
  readonly change: number;
  /** Number of the first comparison. */
  readonly first: number;
  readonly comparisons: number;
}

/** The shares that a comparison contributes; absent if it has no such case. */
export interface ComparisonShares {
  /** 1 if a headline without a change is a regression that could fail a build, else 0. */
  readonly falseAlarm?: number;
  /** The same for a headline that is only suspected, because the variation between runs is unknown. */
  readonly falseSuspect?: number;
  /** Share of the cells of the plugin whose 95 % interval contains the true ratio. */
  readonly coverage: number;
  /** 1 if the change was found as a regression (or, without knowledge of the variation, suspected). */
  readonly power?: number;
}

export type ComparisonFigure = keyof ComparisonShares;
export type ComparisonTally = Tally<ComparisonFigure>;

const RUNS = [1, 2, 3, 4, 5];
export const RUNNERS = ["steady", "slow, mostly cancelled", "slow, not cancelled"] as const;
export type Runners = (typeof RUNNERS)[number];
const CHANGES = [1, 1.05, 1.1, 1.2];
const COMPARISONS = 200;
const COMPARISONS_OF_CUT = 50;
/** Comparisons of a task, which takes seconds. */
const TASK_SIZE = 50;

/** Returns the tasks. The cut omits most combinations. */
export function comparisonTasksOf(isCut: boolean): ComparisonTask[] {
  const kinds = RUNS.flatMap((runs) =>
    [true, false].flatMap((hasCard) =>
      RUNNERS.flatMap((runners) => CHANGES.map((change) => ({ runs, hasCard, runners, change }))),
    ),
  );
  const chosen = isCut ? kinds.filter(isInCut) : kinds;
  return chosen.flatMap((kind) => {
    const all = isCut ? COMPARISONS_OF_CUT : COMPARISONS;
    return Array.from({ length: Math.ceil(all / TASK_SIZE) }, (_, i) => {
      const first = i * TASK_SIZE;
      return { ...kind, first, comparisons: Math.min(TASK_SIZE, all - first) };
    });
  });
}

type Kind = Omit<ComparisonTask, "first" | "comparisons">;

function isInCut({ runs, hasCard, runners, change }: Kind): boolean {
  return (
    (runs === 1 ? hasCard : runs === 3 && !hasCard) && runners !== "slow, not cancelled" && [1, 1.2].includes(change)
  );
}

/** Simulates and judges the comparisons of a task. */
export function runComparisonTask(task: ComparisonTask, seed: number): ComparisonTally {
  let tally: ComparisonTally = {};
  for (let number = task.first; number < task.first + task.comparisons; number++)
    tally = add(tally, tallyOf(simulateComparison(task, number, seed)));
  return tally;
}

/** Blocks of a run. */
export const BLOCKS = 9;
/** Standard deviations within blocks. */
export const SPREADS = [0.01, 0.05, 0.1];
/** Distance between the seeds of the kinds. */
const SEEDS_PER_KIND = 100_000;

function simulateComparison(task: ComparisonTask, number: number, seed: number): ComparisonShares {
  const kind = (RUNS.indexOf(task.runs) * 2 + (task.hasCard ? 1 : 0)) * RUNNERS.length + RUNNERS.indexOf(task.runners);
  const series = (seed * 1000 + kind) * CHANGES.length + CHANGES.indexOf(task.change);
  const random = seededRandom(series * SEEDS_PER_KIND + number);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const shape = SHAPE_NAMES[number % SHAPE_NAMES.length] ?? "normal";
  const design: RunDesign = { shape, spread: pick(SPREADS), blocks: BLOCKS, cancelled: cancelledBy(task.runners) };
  const changed = task.change === 1 ? -1 : Math.floor(random() * 4);
  const changes = RATIO_QUESTIONS.map((_, question) => (question === changed ? task.change : 1));
  const noiseCard = task.hasCard ? simulateCard(design, random) : undefined;
  const side = (name: string, factors: readonly number[]) =>
    Array.from({ length: task.runs }, (_, i) => {
      const slowness = slownessOf(task.runners, random);
      const state = { id: `${name}${i}`, changes: factors, slowness, ...(noiseCard !== undefined && { noiseCard }) };
      return simulateRun(design, state, random);
    });
  return judge(compareRuns(side("base", []), side("head", changes), { threshold: 1.05 }), task.change, changed);
}

const SLOW_SHARE = 0.05;

/** Returns the share of the delay of a slow runner that the reference shows as well. */
export function cancelledBy(runners: Runners): number {
  return runners === "slow, mostly cancelled" ? 0.8 : 0;
}

/** Returns the factor by which the runner of a run is slower. */
export function slownessOf(runners: Runners, random: Random): number {
  return runners !== "steady" && random() < SLOW_SHARE ? 1.1 + 0.2 * random() : 1;
}

/** Compares the cells with the truth. @param changed the changed question; -1: none */
function judge({ cells }: RunComparison, change: number, changed: number): ComparisonShares {
  const questions = RATIO_QUESTIONS.map((question) => questionId({ suite: "quick", ...question }));
  const isChanged = (cell: ComparedCell): boolean =>
    cell.plugin.head === PLUGIN && questionId(cell) === questions[changed];
  const headlines = cells.filter(({ family }) => family === "headline");
  const unchanged = headlines.filter((cell) => !isChanged(cell));
  const found = headlines.filter(isChanged);
  const covered = cells
    .filter(({ plugin }) => plugin.head === PLUGIN)
    .map((cell) => {
      const { ci95 } = cell;
      const question = RATIO_QUESTIONS[questions.indexOf(questionId(cell))];
      const truth = isChanged(cell) && question !== undefined ? change ** signOf(question) : 1;
      return ci95 !== null && ci95[0] <= truth && truth <= ci95[1];
    });
  return {
    coverage: covered.filter(Boolean).length / covered.length,
    falseAlarm: Number(unchanged.some(isConclusive)),
    falseSuspect: Number(unchanged.some(isSuspect)),
    ...(found.length > 0 && { power: Number(found.some(isSuspect)) }),
  };
}
