/** Simulates a run with known true ratios, and returns the summary that a report renders. */
import { METRICS } from "../../core/metrics.ts";
import { blocksForHeadlines, cellId, questionId, SCHEMA_VERSION, seededRandom } from "../../results/index.ts";
import { summarize, type PlannedCell, type Repetition, type RunFile } from "../../results/index.ts";
import type { Summary } from "../../results/index.ts";
import { count, noiseOfBlock, SHAPES, valueOf, type ShapeName } from "./noise.ts";
import { COUNT_QUESTION, RATIO_QUESTIONS, type SimulatedQuestion } from "./questions.ts";

/** Everything that a simulated report depends on. */
export interface ReportDesign {
  readonly seed: number;
  readonly plugins: number;
  readonly blocks: number;
  readonly shape: ShapeName;
  /** Standard deviation within blocks, of logarithms. */
  readonly spread: number;
  readonly headlines: number;
  /** Questions of {@link RATIO_QUESTIONS}, from the first one. */
  readonly questions: number;
  /** True values by question and plugin, relative to the typical value. */
  readonly effects: readonly (readonly number[])[];
  /** Counts of retransmitted segments by which plugins differ; null: no such question. */
  readonly shifts: readonly number[] | null;
}

const MIN_BLOCKS = 6;
const MAX_BLOCKS = 20;
const MAX_HEADLINES = 4;
const SPREADS = [0.01, 0.05, 0.1];
/** True ratios of plugins that differ; the first is the limit of the equivalence band. */
const RATIOS = [1.05, 1.2, 1.5, 4];
/** The limit of the equivalence band of the count. */
const COUNT_SHIFT = 10;

/** Distance of the seed of the data from the seed of the design, which is also that of the run. */
const DATA_SEEDS = 2 ** 52;

/** Returns a design with random properties. In half of the reports all plugins are equal. */
export function randomDesign(seed: number, plugins: number, shape: ShapeName): ReportDesign {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const blocks = MIN_BLOCKS + Math.floor(random() * (MAX_BLOCKS - MIN_BLOCKS + 1));
  const most = [4, 3, 2, 1].find((headlines) => blocksForHeadlines(headlines, plugins) <= blocks) ?? 1;
  const hasDifferences = random() < 0.5;
  const differences = (different: number, equal: number): number[] => {
    const differing = hasDifferences && random() < 0.5 ? Math.floor(random() * plugins) : -1;
    return Array.from({ length: plugins }, (_, plugin) => (plugin === differing ? different : equal));
  };
  return {
    ...{ seed, plugins, blocks, shape },
    spread: pick(SPREADS),
    headlines: pick([1, Math.min(most, MAX_HEADLINES)]),
    questions: RATIO_QUESTIONS.length,
    effects: RATIO_QUESTIONS.map(() => differences(pick(RATIOS), 1)),
    shifts: differences(COUNT_SHIFT, 0),
  };
}

/** Returns the summary of the run, by the function that reports call. */
export function simulateReport(design: ReportDesign): Summary {
  const random = seededRandom(design.seed + DATA_SEEDS);
  const questions = RATIO_QUESTIONS.slice(0, design.questions);
  const cells = [...questions, ...(design.shifts === null ? [] : [COUNT_QUESTION])].map((question) =>
    Array.from({ length: design.plugins }, (_, plugin) => plannedCell(question, plugin, design.blocks)),
  );
  const records: Repetition[] = [];
  for (let block = 0; block < design.blocks; block++) {
    const noise = noiseOfBlock(block, { ...design, shape: SHAPES[design.shape] }, random);
    cells.forEach((ofQuestion, question) => {
      ofQuestion.forEach((cell, plugin) => {
        const value =
          question < questions.length
            ? ratioValue(design, question, plugin, noise)
            : (design.shifts?.[plugin] ?? 0) + count(COUNT_QUESTION.base, random);
        records.push({ ...RECORD, cell: cell.id, block: block + 1, value });
      });
    });
  }
  return summarize(runFile(design, cells.flat()), records);
}

const SUITE = "quick";
const CLUSTER = "netns";
const RECORD = { schemaVersion: SCHEMA_VERSION, kind: "repetition", rep: 1, startedAt: "", raw: null } as const;

function ratioValue(design: ReportDesign, question: number, plugin: number, noise: readonly (readonly number[])[]) {
  const { base } = RATIO_QUESTIONS[question] as SimulatedQuestion;
  const effect = design.effects[question]?.[plugin] as number;
  return valueOf(base, Math.log(effect) + (noise[plugin]?.[question] as number), SHAPES[design.shape]);
}

/** Returns the name of a simulated plugin. */
export function pluginName(plugin: number): string {
  return `plugin${plugin}`;
}

function plannedCell({ scenario, path, metric }: SimulatedQuestion, plugin: number, blocks: number): PlannedCell {
  const key = { suite: SUITE, scenario, plugin: pluginName(plugin), cluster: CLUSTER, path, metric };
  const { unit, better } = METRICS[metric];
  return { ...key, id: cellId(key), runner: "simulated", unit, better, repetitions: 1, blocks, duration: 1 };
}

function runFile({ seed, headlines, blocks, plugins }: ReportDesign, cells: readonly PlannedCell[]): RunFile {
  const names = Array.from({ length: plugins }, (_, plugin) => pluginName(plugin));
  return {
    ...{ schemaVersion: SCHEMA_VERSION, id: "simulated", startedAt: "", finishedAt: "", command: [], seed },
    versions: { cnibench: "", node: process.versions.node },
    environment: null,
    definition: {
      ...{ suites: [], plugins: null, cluster: CLUSTER, conf: [], binDirs: [], only: [], redacted: false },
      underlay: { mtu: 1500, rate: null, delay: null },
    },
    plan: {
      ...{ suites: [SUITE], cluster: CLUSTER, clusterReason: "", nodes: 2, blocks, duration: 1 },
      ...{ plugins: names, order: [], cells, checks: [] },
      headlines: RATIO_QUESTIONS.slice(0, headlines).map((question) => questionId({ suite: SUITE, ...question })),
    },
    outcome: "complete",
    warnings: [],
  };
}
