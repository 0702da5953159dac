/** Simulates stored runs with effects of the run, and the noise card of their machine. */
import { METRICS } from "../../../core/metrics.ts";
import { cellId, questionId, ratioNoise, SCHEMA_VERSION, type Random } from "../../../results/index.ts";
import type {
  Block,
  LoadedRun,
  NoiseCard,
  PlannedCell,
  Repetition,
  RunFile,
  TwinBlocks,
} from "../../../results/index.ts";
import { noiseOfBlock, normal, SHAPES, valueOf, type ShapeName } from "../noise.ts";
import { RATIO_QUESTIONS, type SimulatedQuestion } from "../questions.ts";

/** The properties that all runs of a comparison have. */
export interface RunDesign {
  readonly shape: ShapeName;
  /** Standard deviation within blocks, of logarithms. */
  readonly spread: number;
  readonly blocks: number;
  /** Share of the delay of a slow runner that the reference shows as well, 0 to 1. */
  readonly cancelled: number;
}

/** The state of the machine and the plugin during a run. */
export interface RunState {
  readonly id: string;
  /** True factor of the plugin by question: above 1 is slower. */
  readonly changes: readonly number[];
  /** Factor by which the runner is slower, at least 1. */
  readonly slowness: number;
  readonly noiseCard?: NoiseCard;
}

/** The compared plugin, and the reference of its life-cycle metrics. */
export const PLUGIN = "p";
export const REFERENCE = "bridge";
const BASELINE = "host";
const COLUMNS = [BASELINE, REFERENCE, PLUGIN];

/** Standard deviation of the effect of a run on a ratio to the reference. */
const RUN_SPREAD = 0.03;
const SUITE = "quick";
const CLUSTER = "netns";
const HEADLINES = RATIO_QUESTIONS.slice(0, 4).map((question) => questionId({ suite: SUITE, ...question }));

/** Returns a run of the plugin, the reference and the baseline. */
export function simulateRun(design: RunDesign, state: RunState, random: Random): LoadedRun {
  const effects = runEffects(random);
  const slow = Math.log(state.slowness);
  const values = simulateBlocks(design, random, (column, question) => {
    const change = column === PLUGIN ? Math.log(state.changes[question] ?? 1) : 0;
    const delay = column === PLUGIN ? slow : design.cancelled * slow;
    return signOf(RATIO_QUESTIONS[question] as SimulatedQuestion) * (change + delay) + effects(column, question);
  });
  return storedRun(values, state);
}

/** Returns a run of one plugin under both names, in the same blocks: all their differences are noise. */
export function simulateTwins(design: RunDesign, id: string, random: Random): LoadedRun {
  const effects = runEffects(random);
  const values = simulateBlocks(design, random, (column, question) =>
    effects(column === BASELINE ? BASELINE : PLUGIN, question),
  );
  return storedRun(values, { id });
}

const CARD_RUNS = 5;
const CARD_BLOCKS = 10;

/** Returns the card of the machine, from runs of one plugin under two names. It only states how much ratios vary. */
export function simulateCard(design: RunDesign, random: Random): NoiseCard {
  const runs = Array.from({ length: CARD_RUNS }, () =>
    simulateBlocks({ ...design, blocks: CARD_BLOCKS }, random, runEffects(random)),
  );
  return {
    ...{ schemaVersion: 1, measuredAt: "", plugin: REFERENCE, cluster: CLUSTER, duration: 1 },
    machine: { kernel: "", cpuModel: "", cpus: 1, arch: "", cnibench: "" },
    ...{ runs: CARD_RUNS, blocks: CARD_BLOCKS, secondsPerBlock: 1 },
    metrics: RATIO_QUESTIONS.map((question, index) => ({
      ...{ scenario: question.scenario, runner: question.scenario, params: {}, path: question.path },
      ...{ metric: question.metric, unit: METRICS[question.metric].unit, repetitions: 1 },
      ...{ deployments: 2 * CARD_RUNS * CARD_BLOCKS, median: question.base, between: 0, within: null, paired: 0 },
      ...{ drift: 1, drifts: false, modes: null, betweenRuns: null, busy: false },
      ratios: ratioNoise(runs.map((values) => twinBlocks(values, index, hasBaseline(question)))),
    })),
  };
}

function twinBlocks(values: BlockValues, question: number, isReferenced: boolean): TwinBlocks {
  const blocks = values.map((block, i) =>
    block.map((ofColumn): Block => {
      const value = ofColumn[question] as number;
      return { block: i + 1, session: 1, repetitions: [value], value };
    }),
  );
  return {
    blocks: blocks.map(([, a, b]) => [a as Block, b as Block] as const),
    baseline: isReferenced ? blocks.map(([baseline]) => baseline as Block) : [],
  };
}

/** Life-cycle metrics have none. */
function hasBaseline({ scenario }: SimulatedQuestion): boolean {
  return scenario !== "pods";
}

type EffectOf = (column: string, question: number) => number;

/**
 * Half of the variance of a run is common to its plugins. So ratios to the baseline and to the reference plugin, whose
 * common half cancels, have the same standard deviation.
 */
function runEffects(random: Random): EffectOf {
  const part = (): number[] => RATIO_QUESTIONS.map(() => RUN_SPREAD * Math.SQRT1_2 * normal(random));
  const common = part();
  const own = new Map<string, number[]>();
  return (column, question) => {
    if (column === BASELINE) return 0;
    if (!own.has(column)) own.set(column, part());
    return (common[question] as number) + (own.get(column)?.[question] as number);
  };
}

/** The values of each block, by column and question. */
type BlockValues = readonly (readonly (readonly number[])[])[];

function simulateBlocks({ shape, spread, blocks }: RunDesign, random: Random, effectOf: EffectOf): BlockValues {
  return Array.from({ length: blocks }, (_, block) => {
    const noise = noiseOfBlock(block, { shape: SHAPES[shape], plugins: COLUMNS.length, blocks, spread }, random);
    return noise.map((ofColumn, column) =>
      ofColumn.map((deviation, question) => {
        const { base } = RATIO_QUESTIONS[question] as SimulatedQuestion;
        return valueOf(base, deviation + effectOf(COLUMNS[column] as string, question), SHAPES[shape]);
      }),
    );
  });
}

/** Slower means more seconds and less throughput. */
export function signOf({ metric }: SimulatedQuestion): 1 | -1 {
  return METRICS[metric].better === "higher" ? -1 : 1;
}

interface StoredCell {
  readonly cell: PlannedCell;
  readonly column: number;
  readonly question: number;
}

function storedRun(values: BlockValues, { id, noiseCard }: Pick<RunState, "id" | "noiseCard">): LoadedRun {
  const blocks = values.length;
  const cells = cellsByBlocks.get(blocks) ?? storedCells(blocks);
  cellsByBlocks.set(blocks, cells);
  const records = cells.flatMap(({ cell, column, question }) =>
    values.map((block, i) => recordOf(cell.id, i + 1, block[column]?.[question] as number)),
  );
  return { run: runFile(id, cells, noiseCard), records, loadWarnings: [], commands: [] };
}

/** Creating them would take longer than everything else. */
const cellsByBlocks = new Map<number, readonly StoredCell[]>();

function recordOf(cell: string, block: number, value: number): Repetition {
  return { schemaVersion: SCHEMA_VERSION, kind: "repetition", cell, block, rep: 1, startedAt: "", raw: null, value };
}

function storedCells(blocks: number): StoredCell[] {
  const planned = (question: SimulatedQuestion, plugin: string, path: PlannedCell["path"]): PlannedCell => {
    const { scenario, metric } = question;
    const key = { suite: SUITE, scenario, plugin, cluster: CLUSTER, path, metric };
    const { unit, better } = METRICS[metric];
    return { ...key, id: cellId(key), runner: scenario, unit, better, repetitions: 1, blocks, duration: 1 };
  };
  const byId = new Map<string, StoredCell>();
  RATIO_QUESTIONS.forEach((question, index) => {
    const columns = [REFERENCE, PLUGIN].map((plugin, i) => ({
      cell: planned(question, plugin, question.path),
      column: i + 1,
    }));
    // The paths of a scenario share a baseline.
    if (hasBaseline(question)) columns.push({ cell: planned(question, BASELINE, "host"), column: 0 });
    for (const each of columns) if (!byId.has(each.cell.id)) byId.set(each.cell.id, { ...each, question: index });
  });
  return [...byId.values()];
}

function runFile(id: string, cells: readonly StoredCell[], noiseCard: NoiseCard | undefined): RunFile {
  const planned = cells.map(({ cell }) => cell);
  const blocks = planned[0]?.blocks ?? 0;
  return {
    ...{ schemaVersion: SCHEMA_VERSION, id, startedAt: "", finishedAt: "", command: [], seed: 1 },
    versions: { cnibench: "", node: "" },
    environment: null,
    ...(noiseCard !== undefined && { noiseCard }),
    definition: {
      ...{ suites: [], plugins: null, cluster: CLUSTER, conf: [], binDirs: [], only: [], redacted: false },
      underlay: { mtu: 1500, rate: null, delay: null },
    },
    plan: {
      ...{ suites: [SUITE], cluster: CLUSTER, clusterReason: "", nodes: 2, blocks, duration: 1 },
      ...{ plugins: [REFERENCE, PLUGIN], order: [], cells: planned, checks: [], headlines: HEADLINES },
    },
    outcome: "complete",
    warnings: [],
  };
}
