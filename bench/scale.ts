/** Measures how time and memory of `cnibench report` and `cnibench compare` grow with the number of samples. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { targetResult, type Benchmark } from "./benchmark.ts";
import { costOf, type Cost } from "./cost.ts";
import { writeStoredRun } from "./stored-run.ts";

const CELLS = 1000;
/** Number of blocks; each has one sample per cell. */
const [FEW_BLOCKS, MANY_BLOCKS] = [100, 1000];
const MAX_SECONDS = { html: 10, json: 6, compare: 5 };
const TASKS = ["html", "json", "compare"] as const;
const MAX_MEMORY_BYTES = 1e9;
const MAX_HTML_BYTES = 5e6;
const MAX_GROWTH = MANY_BLOCKS / FEW_BLOCKS;

/** A report of a run in a format, or a comparison of two runs. */
type Task = (typeof TASKS)[number];

export async function benchScale(host: Host): Promise<Benchmark> {
  const dir = makeTempDir(host, "bench");
  const costs = new Map<string, Cost>();
  try {
    for (const blocks of [FEW_BLOCKS, MANY_BLOCKS]) {
      const [run, other] = [join(dir, String(blocks)), join(dir, `${blocks}-other`)];
      writeStoredRun(run, CELLS, blocks, 1);
      writeStoredRun(other, CELLS, blocks, 2);
      for (const task of TASKS) costs.set(`${task} ${blocks}`, await measure(host, task, run, other));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
  const at = (task: Task, blocks: number): Cost => costs.get(`${task} ${blocks}`) as Cost;
  const ratio = (task: Task): number => at(task, MANY_BLOCKS).seconds / at(task, FEW_BLOCKS).seconds;
  const isMet = TASKS.every((task) => {
    const { seconds, memory, bytes } = at(task, MANY_BLOCKS);
    const fits = task !== "html" || bytes <= MAX_HTML_BYTES;
    return seconds <= MAX_SECONDS[task] && memory <= MAX_MEMORY_BYTES && ratio(task) <= MAX_GROWTH && fits;
  });
  return {
    name: `reports and comparisons of ${(CELLS * MANY_BLOCKS).toLocaleString("en-US")} samples in ${CELLS} cells`,
    rows: TASKS.flatMap((task): [string, string][] => [
      ...[FEW_BLOCKS, MANY_BLOCKS].map((blocks): [string, string] => [
        `${task}, ${(CELLS * blocks).toLocaleString("en-US")} samples`,
        describe(at(task, blocks)),
      ]),
      [`${task}, ratio of the times`, ratio(task).toFixed(2)],
    ]),
    target:
      `html within ${MAX_SECONDS.html} s and ${MAX_HTML_BYTES / 1e6} MB, json within ${MAX_SECONDS.json} s, ` +
      `compare within ${MAX_SECONDS.compare} s, each with less than ${MAX_MEMORY_BYTES / 1e9} GB of memory; ` +
      `ratio at most ${MAX_GROWTH}`,
    result: targetResult(isMet),
  };
}

function measure(host: Host, task: Task, run: string, other: string): Promise<Cost> {
  const command = task === "compare" ? ["compare", run, other, "--format", "json"] : ["report", run, "--format", task];
  return costOf(host, command, `${run}.${task}`);
}

function describe({ seconds, memory, bytes }: Cost): string {
  return `${seconds.toFixed(2)} s, ${(memory / 1e6).toFixed(0)} MB of memory, file of ${(bytes / 1e6).toFixed(1)} MB`;
}
