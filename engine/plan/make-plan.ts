/**
 * Turns suites, plugins and numbers into a plan: a plain object that lists exactly what a run measures.
 *
 * Pure: no processes, clocks or files. `cnibench plan` prints the plan, `cnibench run` stores it.
 */
import type { Cluster } from "../../clusters/index.ts";
import { METRICS, type MetricName } from "../../core/metrics.ts";
import { FAMILIES, type Family, type Path } from "../../core/model.ts";
import { BASELINE, type Plugin } from "../../plugins/index.ts";
import { cellId, type CellKey, type PlannedCell, type RunFile, seededRandom, shuffle } from "../../results/index.ts";
import type { Runner } from "../../runners/index.ts";
import { type BlockCount, maxBlocks, type Scenario, type Suite } from "../../suites/index.ts";
import { daemonMetrics } from "./daemon-metrics.ts";
import { decisionsOf } from "./decisions.ts";
import type { KernelFeature } from "../preflight/kernel-probe.ts";
import {
  cannotCreateBackgroundObjects,
  cannotDeploy,
  checksNeedOwnInterfaces,
  hiddenDaemons,
  needsKubernetes,
  specTooOld,
  tooFewNodes,
  tooManyPods,
  unsupportedPath,
  unsupportedPodRange,
  type ClusterTraits,
} from "./skips.ts";

/** The path in the cell ids of lifecycle metrics, which concern a single pod. */
const SINGLE_POD_PATH: Path = "same-node";

export interface PlanInput {
  readonly suites: readonly Suite[];
  readonly plugins: readonly Plugin[];
  readonly runners: Readonly<Record<string, Runner>>;
  readonly cluster: string;
  /** Creator of the pods: cnibench or Kubernetes. */
  readonly api: Cluster["api"];
  readonly clusterReason: string;
  readonly nodes: number;
  readonly seed: number;
  /** Features that the kernel of the nodes lacks. */
  readonly missingFeatures: ReadonlySet<KernelFeature>;
  /** Whether the shells of the nodes see only their own processes. */
  readonly hidesProcesses?: boolean;
  /** Families that the pods of the cluster support. Default: all. */
  readonly families?: readonly Family[];
}

/** A scenario on one path with one plugin. */
export interface Task {
  /**
   * `suite/scenario/plugin/cluster`, followed by `/path` unless the task yields verdicts. Prefix of the cell ids and
   * of the raw directory.
   */
  readonly id: string;
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly runner: Runner;
  readonly plugin: string;
  /** null for checks, which yield verdicts about the entire deployment. */
  readonly path: Path | null;
  /** The cells that the task measures. */
  readonly cells: Readonly<Partial<Record<MetricName, PlannedCell>>>;
  /** The reason if the entire task is skipped. */
  readonly skip?: string;
}

export interface Plan extends Readonly<RunFile["plan"]> {
  readonly tasks: readonly Task[];
}

/** Plans a run. The seed determines the order of the plugins in each block. */
export function makePlan(input: PlanInput): Plan {
  const { suites, plugins, cluster, clusterReason, nodes } = input;
  const tasks = suites.flatMap((suite) => suite.scenarios.flatMap((scenario) => scenarioTasks(input, suite, scenario)));
  const names = [BASELINE, ...plugins.map(({ name }) => name)];
  const used = names.filter((name) => tasks.some(({ plugin }) => plugin === name));
  const blocks = Math.max(...suites.map((suite) => maxBlocks(suite.blocks)));
  const random = seededRandom(input.seed);
  return {
    suites: suites.map(({ name }) => name),
    cluster,
    clusterReason,
    nodes,
    blocks,
    duration: Math.max(...suites.map((suite) => suite.duration)),
    plugins: plugins.map(({ name }) => name),
    order: Array.from({ length: blocks }, () => shuffle(used, random)),
    ...decisionsOf(suites),
    cells: tasks.flatMap((task) => Object.values(task.cells)),
    checks: tasks
      .filter(({ runner }) => runner.scope === "checks")
      .map(({ id, plugin, skip }) => ({ id, plugin, ...(skip === undefined ? {} : { skip }) })),
    tasks,
  };
}

/**
 * Returns the tasks of one plugin in one block, in the order of the suites. Checks run only in the first block, because
 * verdicts need no samples.
 */
export function tasksOf(plan: Plan, plugin: string, block: number): readonly Task[] {
  return plan.tasks.filter((task) => {
    const blocks = task.runner.scope === "checks" ? 1 : maxBlocks(task.suite.blocks);
    return task.plugin === plugin && block <= blocks && !isSkipped(task);
  });
}

/**
 * Estimates the duration of a plan, seconds.
 * @param perDeployment seconds to create and remove one deployment
 * @param blocksOf how many blocks of a suite are measured; default: the largest number
 */
export function estimateSeconds(
  plan: Plan,
  perDeployment: number,
  blocksOf: (count: BlockCount) => number = maxBlocks,
): number {
  const deployments = plan.order.flatMap((names, i) =>
    names.map((name) => tasksOf(plan, name, i + 1).filter(({ suite }) => i < blocksOf(suite.blocks))),
  );
  const deploymentCount = (tasks: readonly Task[]): number =>
    new Set(tasks.map(({ scenario }) => addressingOf(scenario))).size;
  const seconds = deployments.map(
    (tasks) => perDeployment * deploymentCount(tasks) + tasks.reduce((sum, task) => sum + taskSeconds(task), 0),
  );
  return seconds.reduce((sum, s) => sum + s, 0);
}

/** Returns a key of the pod addresses that a scenario needs. Tasks with the same key share a deployment. */
export function addressingOf({ family, podRange }: Scenario): string {
  return `${family} /${podRange}`;
}

/** Estimates the duration of all repetitions of a task, seconds. */
export function taskSeconds({ runner, scenario, suite }: Task): number {
  return scenario.repetitions * runner.estimate(suite.duration, scenario.params);
}

function isSkipped(task: Task): boolean {
  const cells = Object.values(task.cells);
  if (task.skip !== undefined) return true;
  return cells.length > 0 && cells.every(({ skip }) => skip !== undefined);
}

/** A scenario with everything that its tasks depend on. */
interface ScenarioContext {
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly runner: Runner;
  readonly nodes: number;
  readonly traits: ClusterTraits;
}

/** Returns the reason why one metric of a task is skipped, or undefined. */
type SkipMetric = (metric: MetricName) => string | undefined;

function scenarioTasks(input: PlanInput, suite: Suite, scenario: Scenario): Task[] {
  const runner = input.runners[scenario.runner];
  if (runner === undefined) throw new Error(`suite ${suite.name} was loaded with a different set of runners`);
  const traits = {
    name: input.cluster,
    api: input.api,
    missingFeatures: input.missingFeatures,
    hidesProcesses: input.hidesProcesses ?? false,
    families: input.families ?? FAMILIES,
  };
  const context = { suite, scenario, runner, nodes: input.nodes, traits };
  return [...baselineTasks(context), ...input.plugins.flatMap((plugin) => pluginTasks(context, plugin))];
}

function baselineTasks(context: ScenarioContext): Task[] {
  const { runner, nodes } = context;
  const hasBaseline = runner.scope === "pair" && runner.paths.includes("host");
  return hasBaseline ? [planTask(context, null, "host", () => tooFewNodes("host", nodes))] : [];
}

function pluginTasks(context: ScenarioContext, plugin: Plugin): Task[] {
  const { scenario, runner, nodes, traits } = context;
  switch (runner.scope) {
    case "checks":
      return [planTask(context, plugin, null, () => undefined)];
    case "cluster": {
      const skipMetric: SkipMetric = (metric) =>
        runner.unavailableReason?.(metric, scenario.params) ?? tooFewNodes(runner.path, nodes);
      return [planTask(context, plugin, runner.path, skipMetric)];
    }
    case "lifecycle":
      return [planTask(context, plugin, SINGLE_POD_PATH, (metric) => specTooOld(runner, metric, plugin, traits.api))];
    case "pair":
      return scenario.paths
        .filter((path) => path !== "host")
        .map((path) =>
          planTask(
            context,
            plugin,
            path,
            (metric) => unsupportedPath(path, metric, traits) ?? tooFewNodes(path, nodes),
          ),
        );
  }
}

function planTask(
  { suite, scenario, runner, traits }: ScenarioContext,
  plugin: Plugin | null,
  path: Path | null,
  skipMetric: SkipMetric,
): Task {
  const name = plugin?.name ?? BASELINE;
  const skip =
    cannotDeploy(plugin, scenario.family, traits) ??
    needsKubernetes(runner, traits) ??
    cannotCreateBackgroundObjects(plugin, scenario, traits) ??
    unsupportedPodRange(plugin, scenario) ??
    checksNeedOwnInterfaces(plugin, runner) ??
    tooManyPods(plugin, runner, scenario);
  const key = { suite: suite.name, scenario: scenario.name, plugin: name, cluster: traits.name };
  const metrics: readonly MetricName[] =
    runner.scope === "checks" ? [] : [...runner.metrics, ...daemonMetrics(plugin, runner, traits.api)];
  const cells = metrics.map((metric) => {
    const reason = skip ?? skipMetric(metric) ?? hiddenDaemons(metric, traits);
    return [metric, planCell({ ...key, path: path ?? SINGLE_POD_PATH, metric }, suite, scenario, reason)];
  });
  return {
    id: [suite.name, scenario.name, name, traits.name, ...(path === null ? [] : [path])].join("/"),
    suite,
    scenario,
    runner,
    plugin: name,
    path,
    cells: Object.fromEntries(cells) as Task["cells"],
    ...(skip === undefined ? {} : { skip }),
  };
}

function planCell(key: CellKey, suite: Suite, scenario: Scenario, skip?: string): PlannedCell {
  const { unit, better } = METRICS[key.metric as MetricName];
  const common = { id: cellId(key), ...key, runner: scenario.runner, unit, better, repetitions: scenario.repetitions };
  return {
    ...common,
    blocks: maxBlocks(suite.blocks),
    duration: suite.duration,
    ...(skip === undefined ? {} : { skip }),
  };
}
