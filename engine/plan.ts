/**
 * Definition -> plan: suites, plugins and numbers become a plain object that says exactly what would be measured.
 *
 * Pure: no process, no clock, no file. `cnibench plan` prints it, `run` stores it, tests compare it.
 */
import type { Cluster } from "../clusters/cluster.ts";
import { METRICS, type MetricName, type Path } from "../core/model.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { BASELINE } from "../plugins/plugin.ts";
import { cellId, type CellKey, type PlannedCell, type RunFile } from "../results/record.ts";
import { seededRandom, shuffle } from "../results/random.ts";
import type { Runner } from "../runners/runner.ts";
import type { Scenario, Suite } from "../suites/suite.ts";
import { daemonMetrics } from "./daemon-metrics.ts";
import type { KernelFeature } from "./kernel-probe.ts";
import {
  cannotDeploy,
  cannotCreateBackgroundObjects,
  hiddenDaemons,
  needsKubernetes,
  unsupportedPath,
  tooFewNodes,
  tooManyPods,
  specTooOld,
} from "./skips.ts";

/** The path of what happens to one pod. */
const SINGLE_POD_PATH: Path = "same-node";

export interface PlanInput {
  readonly suites: readonly Suite[];
  readonly plugins: readonly Plugin[];
  readonly runners: Readonly<Record<string, Runner>>;
  readonly cluster: string;
  /** Who makes the pods. */
  readonly api: Cluster["api"];
  readonly clusterReason: string;
  readonly nodes: number;
  readonly seed: number;
  /** What the kernel of the nodes has not. */
  readonly missingFeatures: ReadonlySet<KernelFeature>;
  /** The shells of its nodes see only their own processes. */
  readonly hidesProcesses?: boolean;
}

/** One thing to measure on one deployment: a scenario on a path. */
export interface Task {
  /** suite/scenario/plugin/cluster, and /path unless it gives verdicts: the start of its cells' ids, and of its raw folder. */
  readonly id: string;
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly runner: Runner;
  readonly plugin: string;
  /** null: the deployment as a whole gives verdicts. */
  readonly path: Path | null;
  /** Cells that are measured by it, by metric. */
  readonly cells: Readonly<Partial<Record<MetricName, PlannedCell>>>;
  /** Why none of it is measured. */
  readonly skip?: string;
}

export interface Plan extends Readonly<RunFile["plan"]> {
  readonly tasks: readonly Task[];
}

export function makePlan(input: PlanInput): Plan {
  const { suites, plugins, cluster, clusterReason, nodes } = input;
  const tasks = suites.flatMap((suite) => suite.scenarios.flatMap((scenario) => scenarioTasks(input, suite, scenario)));
  const names = [BASELINE, ...plugins.map(({ name }) => name)];
  const used = names.filter((name) => tasks.some(({ plugin }) => plugin === name));
  const blocks = Math.max(...suites.map((suite) => suite.blocks));
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
    cells: tasks.flatMap((task) => Object.values(task.cells)),
    checks: tasks
      .filter(({ runner }) => runner.scope === "checks")
      .map(({ id, plugin, skip }) => ({ id, plugin, ...(skip === undefined ? {} : { skip }) })),
    tasks,
  };
}

/** The tasks of one plugin in one block, in the order of the suites. Verdicts are no samples: one deployment gives them. */
export function tasksOf(plan: Plan, plugin: string, block: number): readonly Task[] {
  return plan.tasks.filter((task) => {
    const blocks = task.runner.scope === "checks" ? 1 : task.suite.blocks;
    return task.plugin === plugin && block <= blocks && !isSkipped(task);
  });
}

/** About how long the tasks take, seconds. @param perDeployment seconds to bring one deployment up and down. */
export function estimateSeconds(plan: Plan, perDeployment: number): number {
  const deployments = plan.order.flatMap((names, i) => names.map((name) => tasksOf(plan, name, i + 1)));
  const deploymentCount = (tasks: readonly Task[]): number =>
    new Set(tasks.map(({ scenario }) => addressingOf(scenario))).size;
  const seconds = deployments.map(
    (tasks) => perDeployment * deploymentCount(tasks) + tasks.reduce((sum, task) => sum + taskSeconds(task), 0),
  );
  return seconds.reduce((sum, s) => sum + s, 0);
}

/** What the addresses of a deployment's pods are like: tasks that agree in it share a deployment. */
export function addressingOf({ family, podRange }: Scenario): string {
  return `${family} /${podRange}`;
}

export function taskSeconds({ runner, scenario, suite }: Task): number {
  return scenario.repetitions * runner.estimate(suite.duration, scenario.params);
}

function isSkipped(task: Task): boolean {
  const cells = Object.values(task.cells);
  if (task.skip !== undefined) return true;
  return cells.length > 0 && cells.every(({ skip }) => skip !== undefined);
}

function scenarioTasks(input: PlanInput, suite: Suite, scenario: Scenario): Task[] {
  const runner = input.runners[scenario.runner];
  if (runner === undefined) throw new Error(`the suite ${suite.name} was loaded with another set of runners`);
  const traits = {
    name: input.cluster,
    api: input.api,
    missingFeatures: input.missingFeatures,
    hidesProcesses: input.hidesProcesses ?? false,
  };
  const task = (of: Plugin | null, path: Path | null, skipMetric: (metric: MetricName) => string | undefined): Task => {
    const plugin = of?.name ?? BASELINE;
    const skip =
      cannotDeploy(of, scenario.family, traits) ??
      needsKubernetes(runner, traits) ??
      cannotCreateBackgroundObjects(of, scenario, traits) ??
      tooManyPods(of, runner, scenario);
    const id = [suite.name, scenario.name, plugin, input.cluster, ...(path === null ? [] : [path])].join("/");
    const place = { suite: suite.name, scenario: scenario.name, plugin, cluster: input.cluster };
    const metrics: readonly MetricName[] =
      runner.scope === "checks" ? [] : [...runner.metrics, ...daemonMetrics(of, runner, input.api)];
    const skipOf = (metric: MetricName): string | undefined =>
      skip ?? skipMetric(metric) ?? hiddenDaemons(metric, traits);
    const cells = metrics.map((metric) => [
      metric,
      planCell({ ...place, path: path ?? SINGLE_POD_PATH, metric }, suite, scenario, skipOf(metric)),
    ]);
    return {
      id,
      suite,
      scenario,
      runner,
      plugin,
      path,
      cells: Object.fromEntries(cells) as Task["cells"],
      ...(skip === undefined ? {} : { skip }),
    };
  };
  const deployed = input.plugins.flatMap((plugin) => {
    if (runner.scope === "checks") return [task(plugin, null, () => undefined)];
    if (runner.scope === "cluster")
      return [
        task(
          plugin,
          runner.path,
          (metric) => runner.unavailableReason?.(metric, scenario.params) ?? tooFewNodes(runner.path, input.nodes),
        ),
      ];
    if (runner.scope === "lifecycle")
      return [task(plugin, SINGLE_POD_PATH, (metric) => specTooOld(runner, metric, plugin, input.api))];
    return scenario.paths
      .filter((path) => path !== "host")
      .map((path) =>
        task(plugin, path, (metric) => unsupportedPath(path, metric, traits) ?? tooFewNodes(path, input.nodes)),
      );
  });
  const baseline =
    runner.scope === "pair" && runner.paths.includes("host")
      ? [task(null, "host", () => tooFewNodes("host", input.nodes))]
      : [];
  return [...baseline, ...deployed];
}

function planCell(key: CellKey, suite: Suite, scenario: Scenario, skip?: string): PlannedCell {
  const { unit, better } = METRICS[key.metric as MetricName];
  const common = { id: cellId(key), ...key, runner: scenario.runner, unit, better, repetitions: scenario.repetitions };
  return { ...common, blocks: suite.blocks, duration: suite.duration, ...(skip === undefined ? {} : { skip }) };
}
