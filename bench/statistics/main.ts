/**
 * `npm run selftest:statistics [-- --cut] [--seed N] [--state FILE] [--jobs N]`: simulates reports with known true
 * differences and checks the error rates that docs/method.md promises. Prints a table and a JSON line; exits with 1 if
 * a limit is exceeded. With --state, an interrupted self-test continues; the file is for one version of the code.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createHost } from "../../core/local.ts";
import { tryParse } from "../../core/untrusted-json.ts";
import { rowsOf, toTable, type Finished } from "./outcome.ts";
import { runTask, tasksOf, type Task } from "./tasks.ts";

if (isMainThread) await main(createHost().argv.slice(2));
else parentPort?.on("message", (task: Task) => parentPort?.postMessage(runTask(task, workerData as number)));

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cut: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      state: { type: "string" },
      jobs: { type: "string", default: String(availableParallelism()) },
    },
  });
  const { cut, state } = values;
  const seed = Number(values.seed);
  const keyOf = (task: Task): string => JSON.stringify([seed, task]);
  const stored = state === undefined || !existsSync(state) ? [] : parseLines(readFileSync(state, "utf8"));
  const known = new Map(stored.map((each) => [JSON.stringify([each.seed, each.task]), each]));
  const tasks = tasksOf(cut);
  const finished: Finished[] = tasks.flatMap((task) => known.get(keyOf(task)) ?? []);
  const pending = tasks.filter((task) => !known.has(keyOf(task)));
  console.error(`seed ${seed}, ${tasks.length} tasks, ${finished.length} of them stored`);
  const store = (each: Finished): void => {
    finished.push(each);
    if (state !== undefined) appendFileSync(state, `\n${JSON.stringify({ seed, ...each })}\n`);
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, () => work(pending, seed, store)));
  const rows = rowsOf(finished);
  console.log(toTable(rows));
  console.log(JSON.stringify({ seed, cut, rows }));
  const missing = tasks.length - finished.length;
  if (missing > 0) console.error(`${missing} of ${tasks.length} tasks not finished`);
  process.exitCode = missing === 0 && rows.every(({ isMet }) => isMet) ? 0 : 1;
}

/** Reads the stored tasks. An incomplete line of a self-test that was killed is ignored. */
function parseLines(text: string): (Finished & { readonly seed: number })[] {
  return text.split("\n").flatMap((line) => (tryParse(line) ?? []) as Finished & { readonly seed: number });
}

/** Takes tasks from the list until it is empty, in a thread of its own. */
async function work(pending: Task[], seed: number, store: (finished: Finished) => void): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: seed });
  try {
    for (let task = pending.shift(); task !== undefined; task = pending.shift()) {
      const current = task;
      const tally = await new Promise<Finished["tally"]>((resolve, reject) => {
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
