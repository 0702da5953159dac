/** Runs the tasks of a conformance run on several workers, and creates the rows of versions that share a result. */
import type { SpecVersion } from "../../cni/index.ts";
import { printable } from "../../core/errors.ts";
import type { Shell } from "../../core/shell.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { type ConformanceRow, failsRequirement } from "../../results/index.ts";
import { ExecutionObserver } from "../clauses/execution-observer.ts";
import { createTestNode, loopbackOf, type TestNode } from "../node/test-node.ts";
import { TestNodePool } from "../node/test-node-pool.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import type { Profile } from "../under-test/profile.ts";
import { AddProbe } from "./add-probe.ts";
import { shareRow, toClauseResult } from "./convert-result.ts";
import type { PluginBinaries } from "./reproduce.ts";
import { skipUntestable } from "./skipped-clauses.ts";
import { type ClauseTask, groupTasks, runTask, type TaskNode, versionOf } from "./tasks.ts";

export interface TaskRunOptions {
  /** Name of the plugin in the rows. */
  readonly plugin: string;
  readonly profile: Profile;
  /**
   * Nodes to test on, in turn. Each test creates its own node inside one of them, so one serves any number of jobs.
   */
  readonly nodes: readonly Shell[];
  /** Binaries on this machine that were copied there: with them, a failure can be reproduced here. */
  readonly binaries?: PluginBinaries;
  /** Clauses to test before the others. Rows keep their order. Default: none. */
  readonly first?: readonly string[];
  /** Default: false. */
  readonly failFast?: boolean;
  /** Concurrent tests. Default: 1. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  readonly onRow?: (row: ConformanceRow, done: number, total: number) => void;
}

/** Rows in the order of the tasks, and warnings about tests that could not be completed. */
interface TaskResults {
  readonly rows: readonly ConformanceRow[];
  readonly warnings: readonly Warning[];
}

/**
 * Runs the tasks on `jobs` workers, those of the newest version first.
 * @param addImpossible why ADD cannot succeed on the nodes, or null
 * @throws EnvironmentError when no test node can be created; the reason of the signal when aborted
 */
export async function runTasks(
  tasks: readonly ClauseTask[],
  addImpossible: string | null,
  options: TaskRunOptions,
): Promise<TaskResults> {
  const { nodes, signal, jobs = 1, failFast = false } = options;
  const run = new TaskRun(tasks, addImpossible, options);
  const groups = orderGroups(tasks, options);
  const workers = Array.from({ length: Math.max(1, jobs) }, (_, worker) => {
    const node = nodes[worker % nodes.length] as Shell;
    return { node, signal, pool: new TestNodePool(() => createReadyNode(node, tasks[0] as ClauseTask)) };
  });
  try {
    for (const judgesAll of [false, true]) {
      // One iterator for all workers: each takes the next group of the phase.
      const queue = groups.filter(([i = 0]) => (tasks[i]?.clause.judgesAll ?? false) === judgesAll).values();
      await Promise.all(workers.map((worker) => run.work(queue, worker)));
      await Promise.all(workers.map(({ pool }) => pool.settle()));
    }
  } finally {
    await Promise.all(workers.map(({ pool }) => pool.close()));
  }
  const { rows, warnings } = await run.results();
  return { rows: failFast ? withoutUnfinished(tasks, rows) : rows, warnings };
}

export function protocolOnlyWarning(addImpossible: string, version?: SpecVersion): Warning {
  const scope = version === undefined ? "" : ` at ${version}`;
  return { code: "protocol-only", message: `testing only clauses that need no ADD${scope}: ${addImpossible}` };
}

/** The groups of tasks in the order in which they are tested. */
function orderGroups(tasks: readonly ClauseTask[], { first = [] }: TaskRunOptions): readonly (readonly number[])[] {
  const isFirst = ([i = 0]: readonly number[]): boolean => first.includes(tasks[i]?.clause.id ?? "");
  return [...groupTasks(tasks)].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
}

/** What the workers of a run share. */
class TaskRun {
  readonly #tasks: readonly ClauseTask[];
  readonly #addImpossible: string | null;
  readonly #options: TaskRunOptions;
  readonly #rows = new Map<number, ConformanceRow>();
  readonly #warnings: Warning[] = [];
  readonly #probe = new AddProbe();
  readonly #observers: ReadonlyMap<SpecVersion, ExecutionObserver>;
  #stopped = false;

  constructor(tasks: readonly ClauseTask[], addImpossible: string | null, options: TaskRunOptions) {
    this.#tasks = tasks;
    this.#addImpossible = addImpossible;
    this.#options = options;
    this.#observers = new Map(tasks.map((task) => [versionOf(task), observerOf(task.underTest)]));
  }

  /** Tests groups of tasks until none is left, or until a clause failed with `failFast`. */
  async work(queue: Iterable<readonly number[]>, node: TaskNode): Promise<void> {
    for (const group of queue) {
      if (this.#stopped) return;
      let tested: ConformanceRow | null = null;
      for (const i of group) {
        const task = this.#tasks[i] as ClauseTask;
        if (tested !== null && isFinal(tested)) this.#add(i, shareRow(tested, task.clause, versionOf(task)));
        else this.#add(i, (tested = await this.#test(task, node)));
      }
    }
  }

  #add(i: number, row: ConformanceRow): void {
    const { onRow, failFast = false } = this.#options;
    this.#rows.set(i, row);
    onRow?.(row, this.#rows.size, this.#tasks.length);
    this.#stopped ||= failFast && failsRequirement(row);
  }

  async #test(task: ClauseTask, node: TaskNode): Promise<ConformanceRow> {
    const { plugin, profile, binaries = null } = this.#options;
    const { clause, underTest } = task;
    const version = versionOf(task);
    const where = { ...node, observer: this.#observers.get(version) ?? observerOf(underTest) };
    const reason = this.#addImpossible ?? (await this.#probe.reasonToSkip(clause, underTest, where));
    const result = skipUntestable(clause, profile, reason) ?? (await runTask(task, where));
    if (result.verdict.status === "error")
      this.#warnings.push({
        code: "test-failed",
        message: `the test of ${clause.id} at ${version} failed: ${printable(result.verdict.reason)}`,
      });
    return { plugin, ...toClauseResult(result, { version, known: profile.known, binaries }) };
  }

  async results(): Promise<TaskResults> {
    const rows = [...this.#rows].sort(([a], [b]) => a - b).map(([, row]) => row);
    const failures = await this.#probe.failures();
    const warnings = failures.map(({ version, reason }) => protocolOnlyWarning(reason, version));
    return { rows, warnings: [...this.#warnings, ...warnings] };
  }
}

/** Not a skip that leaves the verdict open: its reason may concern one version, such as an ADD that fails there. */
function isFinal({ status, notApplicable }: ConformanceRow): boolean {
  return status !== "skip" || notApplicable === true;
}

/** Omits the rows of versions that were not tested to the end and have no failure: they must not seem to conform. */
export function withoutUnfinished(
  tasks: readonly ClauseTask[],
  rows: readonly ConformanceRow[],
): readonly ConformanceRow[] {
  const isJudged = (version: string): boolean => {
    const own = rows.filter(({ specVersion }) => specVersion === version);
    return own.some(failsRequirement) || own.length === tasks.filter((task) => versionOf(task) === version).length;
  };
  const judged = new Set(tasks.map(versionOf).filter(isJudged) as readonly string[]);
  return rows.filter(({ specVersion }) => judged.has(specVersion));
}

function observerOf({ operationLimit }: PluginUnderTest): ExecutionObserver {
  return new ExecutionObserver(operationLimit);
}

/** A test node with a container: nearly every test of the tasks needs one. */
function createReadyNode(node: Shell, { underTest }: ClauseTask): Promise<TestNode> {
  return createTestNode(node, underTest, loopbackOf(underTest));
}
