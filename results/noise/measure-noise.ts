/** Computes the noise of each metric from A/A runs. Pure; see docs/method.md, "Noise". */
import { mean, median, sampleStandardDeviation, sampleVariance } from "simple-statistics";
import { groupBy } from "../../core/group.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { foldCell, repetitionsOf, type Block } from "../blocks.ts";
import { questionId } from "../comparisons.ts";
import { countModes } from "../inference/modes.ts";
import type { StoredRun } from "../load-run.ts";
import { seededRandom } from "../random.ts";
import { cellId, type PlannedCell, type Repetition } from "../record.ts";
import { halvesOf } from "../warnings.ts";
import type { LoadParams, NoiseMetric } from "./noise-card.ts";
import { ratioNoise } from "./ratio-noise.ts";

/** Fixed, so that the same runs always have the same card. */
const SEED = 1;

/** Two plugins of one question in one run, by block. */
interface MeasuredPair {
  readonly planned: PlannedCell;
  readonly blocks: readonly (readonly [Block, Block])[];
  /** Of the same load between the nodes; empty if there is none. */
  readonly baseline: readonly Block[];
  readonly busy: boolean;
}

/**
 * Returns the noise of every ranked metric of the plugins, in plan order. Metrics with a value of 0 or less, which has
 * no logarithm, are omitted.
 * @param runs A/A runs of one plan with two plugins, at least one
 * @param paramsOf parameters of a scenario
 * @throws EnvironmentError if a cell failed
 */
export function measureNoise(
  runs: readonly Pick<StoredRun, "run" | "records">[],
  paramsOf: (scenario: string) => LoadParams,
): NoiseMetric[] {
  const byQuestion = groupBy(runs.flatMap(pairsOf), ({ planned }) => questionId(planned));
  return [...byQuestion.values()].flatMap((pairs) => {
    const positive = pairs.every(({ blocks }) => blocks.flat().every((block) => Math.min(...repetitionsOf(block)) > 0));
    return positive ? [noiseOf(pairs, paramsOf)] : [];
  });
}

function pairsOf({ run, records }: Pick<StoredRun, "run" | "records">): MeasuredPair[] {
  const repetitions = groupBy(
    records.filter((record): record is Repetition => record.kind === "repetition"),
    ({ cell }) => cell,
  );
  const isAssessed = ({ path, better, skip }: PlannedCell): boolean =>
    path !== "host" && better !== "none" && skip === undefined;
  const questions = groupBy(run.plan.cells.filter(isAssessed), questionId);
  return [...questions.values()].flatMap((cells) => {
    const folded = cells.map((cell) => foldCell(cell, repetitions.get(cell.id) ?? [], run));
    if (folded.some(({ state }) => state === "skipped")) return [];
    const measured = folded.map((cell, i) => {
      if (cell.state === "measured") return cell;
      throw new EnvironmentError(`cannot calibrate: ${cells[i]?.id}: ${"error" in cell ? cell.error : cell.reason}`);
    });
    const [a, b] = measured.map(({ blocks }) => blocks);
    const blocks = (a ?? []).flatMap((first) => {
      const second = b?.find(({ block }) => block === first.block);
      return second === undefined ? [] : [[first, second] as const];
    });
    const planned = cells[0] as PlannedCell;
    const host = run.plan.cells.find(({ id }) => id === cellId({ ...planned, plugin: "host", path: "host" }));
    const foldedHost = host === undefined ? null : foldCell(host, repetitions.get(host.id) ?? [], run);
    const baseline = foldedHost?.state === "measured" ? foldedHost.blocks : [];
    return [{ planned, blocks, baseline, busy: measured.some(({ busy }) => busy) }];
  });
}

function noiseOf(runs: readonly MeasuredPair[], paramsOf: (scenario: string) => LoadParams): NoiseMetric {
  const { scenario, runner, path, metric, unit, repetitions } = (runs[0] as MeasuredPair).planned;
  const values = runs.map(({ blocks }) => blocks.flat().map(({ value }) => value));
  const drifts = runs.map(({ blocks }) => halvesOf(blocks.map(([a, b]) => Math.sqrt(a.value * b.value))));
  const runMedians = values.map((each) => median(each));
  return {
    ...{ scenario, runner, params: paramsOf(scenario), path, metric, unit, repetitions },
    deployments: values.flat().length,
    median: median(values.flat()),
    ...variationOf(runs),
    paired: rootMeanSquare(
      runs.map(({ blocks }) => sampleStandardDeviation(blocks.map(([a, b]) => Math.log(a.value / b.value)))),
    ),
    drift: drifts.map(({ ratio }) => ratio).reduce((a, b) => (Math.abs(Math.log(b)) > Math.abs(Math.log(a)) ? b : a)),
    drifts: drifts.some(({ isTrend }) => isTrend),
    modes: countModes(
      runs.flatMap(({ blocks }, i) =>
        blocks.map(([a, b]) => [relative(a, runMedians[i]), relative(b, runMedians[i])] as const),
      ),
      seededRandom(SEED),
    ),
    betweenRuns: runs.length === 1 ? null : sampleStandardDeviation(runMedians.map(Math.log)),
    ratios: ratioNoise(runs),
    busy: runs.some(({ busy }) => busy),
  };
}

function relative({ value }: Block, center = 1): number {
  return Math.log(value / center);
}

/** Separates the variance between deployments from that between their repetitions: one-way random effects. */
function variationOf(runs: readonly MeasuredPair[]): Pick<NoiseMetric, "between" | "within"> {
  const logs = runs.map(({ blocks }) => blocks.flat().map((block) => repetitionsOf(block).map(Math.log)));
  const ofMeans = mean(logs.map((run) => sampleVariance(run.map((each) => mean(each)))));
  const perDeployment = Math.min(...logs.flat().map(({ length }) => length));
  if (perDeployment < 2) return { between: Math.sqrt(ofMeans), within: null };
  const within = mean(logs.flat().map((each) => sampleVariance(each)));
  return { between: Math.sqrt(Math.max(0, ofMeans - within / perDeployment)), within: Math.sqrt(within) };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
