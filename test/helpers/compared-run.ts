/** Stored runs with given values, for comparisons of runs. */
import { METRICS, type MetricName } from "../../core/metrics.ts";
import type { Path } from "../../core/model.ts";
import type { Environment } from "../../results/environment-facts.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import { cellId, type PlannedCell, type Repetition, type RunFile } from "../../results/record.ts";
import { sampleRun } from "./sample-run.ts";

export const BLOCKS = 10;

interface Question {
  readonly scenario: string;
  readonly runner: string;
  readonly metric: MetricName;
  readonly paths: readonly Path[];
}

/** A question with a baseline and one without. */
const QUESTIONS: readonly Question[] = [
  { scenario: "tcp-1", runner: "iperf3", metric: "throughput", paths: ["host", "cross-node"] },
  { scenario: "pods", runner: "lifecycle", metric: "add-time", paths: ["same-node"] },
];

export interface RunOptions {
  readonly id: string;
  /** Default: bridge and p. */
  readonly plugins?: readonly string[];
  readonly questions?: readonly Question[];
  readonly blocks?: number;
  /** Value of a block. Default: close to 1. */
  readonly measure?: (plugin: string, metric: MetricName, block: number) => number;
  /** Changes run.json. */
  readonly change?: (run: RunFile) => Partial<RunFile>;
  readonly environment?: (environment: Environment) => Partial<Environment>;
  readonly headlines?: readonly string[];
}

export function comparedRun({
  id,
  plugins = ["bridge", "p"],
  questions = QUESTIONS,
  blocks = BLOCKS,
  measure = (plugin, metric, block) => noise(id, plugin, metric, block),
  change = () => ({}),
  environment = () => ({}),
  headlines = [],
}: RunOptions): LoadedRun {
  const cells = questions.flatMap(({ scenario, runner, metric, paths }) =>
    paths.flatMap((path) =>
      (path === "host" ? ["host"] : plugins).map((plugin): PlannedCell => {
        const key = { suite: "quick", scenario, plugin, cluster: "netns", path, metric };
        const { unit, better } = METRICS[metric];
        return { ...key, id: cellId(key), runner, unit, better, repetitions: 1, blocks, duration: 1 };
      }),
    ),
  );
  const records = cells.flatMap(({ id: cell, plugin, metric }) =>
    Array.from({ length: blocks }, (_, i): Repetition => {
      const where = { schemaVersion: 1, kind: "repetition", cell, block: i + 1, rep: 1 } as const;
      return {
        ...where,
        startedAt: "2026-03-01T12:00:00.000Z",
        raw: null,
        value: measure(plugin, metric as MetricName, i),
      };
    }),
  );
  const sample: RunFile = { ...sampleRun().run };
  delete (sample as { noiseCard?: unknown }).noiseCard;
  const facts = sample.environment as Environment;
  const [known] = facts.plugins;
  const run: RunFile = {
    ...sample,
    id,
    environment: { ...facts, plugins: plugins.map((name) => ({ ...known, name })) as Environment["plugins"] },
    plan: { ...sample.plan, plugins, cells, checks: [], blocks, headlines },
  };
  const changed = { ...run, ...change(run) };
  const merged = { ...(changed.environment as Environment), ...environment(changed.environment as Environment) };
  return { run: { ...changed, environment: merged }, records, loadWarnings: [], commands: [] };
}

/** Returns a value within 1 % of 1 that is different for each block. */
export function noise(...parts: readonly (string | number)[]): number {
  let hash = 17;
  for (const char of parts.join(" ")) hash = (hash * 31 + char.charCodeAt(0)) % 1_000_003;
  return 1 + 0.01 * (hash / 1_000_003 - 0.5);
}
