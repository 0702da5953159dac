/**
 * `npm run selftest:statistics [-- --compare | --gate] [--cut] [--seed N] [--state FILE] [--jobs N]`: simulates reports
 * with known true differences, with --compare comparisons of runs, or with --gate gates of unchanged plugins, and
 * checks the error rates that docs/method.md promises. Prints tables and a JSON line; exits with 1 if a limit is
 * exceeded. With --state, an interrupted self-test continues; the file is for one version of the code.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createHost } from "../../core/local.ts";
import { tryParse } from "../../core/untrusted-json.ts";
import { comparisonRows, powerTable } from "./comparisons/comparison-outcome.ts";
import { comparisonTasksOf, runComparisonTask } from "./comparisons/comparison-tasks.ts";
import type { ComparisonTally, ComparisonTask } from "./comparisons/comparison-tasks.ts";
import { gateRows, suspicionTable } from "./gates/gate-outcome.ts";
import { gateTasksOf, runGateTask, type GateTally, type GateTask } from "./gates/gate-tasks.ts";
import { rowsOf, toTable, type Row } from "./outcome.ts";
import type { Tally } from "./tally.ts";
import { runTask, tasksOf, type Task } from "./tasks.ts";

interface Finished<T, R> {
  readonly task: T;
  readonly tally: R;
}

/** The simulations and limits of one self-test. */
interface Subject<T, R> {
  tasksOf(isCut: boolean): T[];
  runTask(task: T, seed: number): R;
  rowsOf(finished: readonly Finished<T, R>[]): Row[];
  /** Returns the tables to print, without that of the limits. */
  tablesOf(finished: readonly Finished<T, R>[]): string[];
}

const REPORTS: Subject<Task, Tally> = { tasksOf, runTask, rowsOf, tablesOf: () => [] };
const COMPARISONS: Subject<ComparisonTask, ComparisonTally> = {
  tasksOf: comparisonTasksOf,
  runTask: runComparisonTask,
  rowsOf: comparisonRows,
  tablesOf: (finished) => [powerTable(finished)],
};
const GATES: Subject<GateTask, GateTally> = {
  tasksOf: gateTasksOf,
  runTask: runGateTask,
  rowsOf: gateRows,
  tablesOf: (finished) => [suspicionTable(finished)],
};

interface Flags {
  readonly compare: boolean;
  readonly gate: boolean;
  readonly cut: boolean;
  readonly seed: number;
  readonly jobs: number;
  /** File of finished tasks. */
  readonly state?: string;
}

if (isMainThread) {
  const flags = readFlags(createHost().argv.slice(2));
  await withSubject(flags, (subject) => selfTest(subject, flags));
} else {
  const flags = workerData as Flags;
  withSubject(flags, (subject) => serve(subject, flags));
}

function withSubject<V>({ compare, gate }: Flags, use: <T, R>(subject: Subject<T, R>) => V): V {
  return gate ? use(GATES) : compare ? use(COMPARISONS) : use(REPORTS);
}

function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      compare: { type: "boolean", default: false },
      gate: { type: "boolean", default: false },
      cut: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      state: { type: "string" },
      jobs: { type: "string", default: String(availableParallelism()) },
    },
  });
  return { ...values, seed: Number(values.seed), jobs: Number(values.jobs) };
}

/** Runs the tasks that the main thread sends. */
function serve<T, R>(subject: Subject<T, R>, { seed }: Flags): void {
  parentPort?.on("message", (task: T) => parentPort?.postMessage(subject.runTask(task, seed)));
}

async function selfTest<T, R>(subject: Subject<T, R>, flags: Flags): Promise<void> {
  const { cut, seed, state } = flags;
  const keyOf = (task: T): string => JSON.stringify([seed, task]);
  const stored = state === undefined || !existsSync(state) ? [] : parseLines<T, R>(readFileSync(state, "utf8"));
  const known = new Map(stored.map((each) => [JSON.stringify([each.seed, each.task]), each]));
  const tasks = subject.tasksOf(cut);
  const finished: Finished<T, R>[] = tasks.flatMap((task) => known.get(keyOf(task)) ?? []);
  const pending = tasks.filter((task) => !known.has(keyOf(task)));
  console.error(`seed ${seed}, ${tasks.length} tasks, ${finished.length} of them stored`);
  const store = (each: Finished<T, R>): void => {
    finished.push(each);
    if (state !== undefined) appendFileSync(state, `\n${JSON.stringify({ seed, ...each })}\n`);
  };
  await Promise.all(Array.from({ length: flags.jobs }, () => work(pending, flags, store)));
  const rows = subject.rowsOf(finished);
  console.log([toTable(rows), ...subject.tablesOf(finished)].join("\n\n"));
  console.log(JSON.stringify({ seed, cut, rows }));
  const missing = tasks.length - finished.length;
  if (missing > 0) console.error(`${missing} of ${tasks.length} tasks not finished`);
  process.exitCode = missing === 0 && rows.every(({ isMet }) => isMet) ? 0 : 1;
}

/** Reads the stored tasks. An incomplete line of a self-test that was killed is ignored. */
function parseLines<T, R>(text: string): (Finished<T, R> & { readonly seed: number })[] {
  return text.split("\n").flatMap((line) => (tryParse(line) ?? []) as Finished<T, R> & { readonly seed: number });
}

/** Takes tasks from the list until it is empty, in a thread of its own. */
async function work<T, R>(pending: T[], flags: Flags, store: (finished: Finished<T, R>) => void): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: flags });
  try {
    for (let task = pending.shift(); task !== undefined; task = pending.shift()) {
      const current = task;
      const tally = await new Promise<R>((resolve, reject) => {
        worker.once("message", resolve).once("error", reject);
        worker.postMessage(current);
      });
      worker.removeAllListeners("error");
      store({ task, tally });
    }
  } finally {
    await worker.terminate();
  }
}
