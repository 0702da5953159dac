/** Measures how the time and memory of `cnibench report` grow with the number of samples. */
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { packageRoot } from "../core/paths.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { targetResult, type Benchmark } from "./benchmark.ts";
import { writeStoredRun } from "./stored-run.ts";

const CELLS = 1000;
/** Number of blocks; each has one sample per cell. */
const [FEW_BLOCKS, MANY_BLOCKS] = [100, 1000];
const MAX_SECONDS = { html: 10, json: 6 };
const MAX_MEMORY_BYTES = 1e9;
const MAX_HTML_BYTES = 5e6;
const MAX_GROWTH = MANY_BLOCKS / FEW_BLOCKS;
const SAMPLE_INTERVAL_S = 0.05;

type Format = keyof typeof MAX_SECONDS;

interface Cost {
  readonly seconds: number;
  /** Peak resident memory, bytes. */
  readonly memory: number;
  /** Size of the report, bytes. */
  readonly bytes: number;
}

export async function benchScale(host: Host): Promise<Benchmark> {
  const dir = makeTempDir(host, "bench");
  const costs = new Map<string, Cost>();
  try {
    for (const blocks of [FEW_BLOCKS, MANY_BLOCKS]) {
      const run = join(dir, String(blocks));
      writeStoredRun(run, CELLS, blocks);
      for (const format of ["html", "json"] as const) costs.set(`${format} ${blocks}`, await render(host, run, format));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
  const costOf = (format: Format, blocks: number): Cost => costs.get(`${format} ${blocks}`) as Cost;
  const ratio = (format: Format): number => costOf(format, MANY_BLOCKS).seconds / costOf(format, FEW_BLOCKS).seconds;
  const isMet = (["html", "json"] as const).every((format) => {
    const { seconds, memory, bytes } = costOf(format, MANY_BLOCKS);
    const fits = format === "json" || bytes <= MAX_HTML_BYTES;
    return seconds <= MAX_SECONDS[format] && memory <= MAX_MEMORY_BYTES && ratio(format) <= MAX_GROWTH && fits;
  });
  return {
    name: `reports of ${(CELLS * MANY_BLOCKS).toLocaleString("en-US")} samples in ${CELLS} cells`,
    rows: (["html", "json"] as const).flatMap((format): [string, string][] => [
      ...[FEW_BLOCKS, MANY_BLOCKS].map((blocks): [string, string] => [
        `${format}, ${(CELLS * blocks).toLocaleString("en-US")} samples`,
        describe(costOf(format, blocks)),
      ]),
      [`${format}, ratio of the times`, ratio(format).toFixed(2)],
    ]),
    target:
      `html within ${MAX_SECONDS.html} s and ${MAX_HTML_BYTES / 1e6} MB, json within ${MAX_SECONDS.json} s, ` +
      `each with less than ${MAX_MEMORY_BYTES / 1e9} GB of memory; ratio at most ${MAX_GROWTH}`,
    result: targetResult(isMet),
  };
}

async function render({ shell, clock }: Host, run: string, format: Format): Promise<Cost> {
  const out = `${run}.${format}`;
  const main = join(packageRoot(), "dist/cli/main.js");
  const started = performance.now();
  // The shell replaces itself, so that its first line is the process ID of the report.
  const argv = ["sh", "-c", 'echo $$; exec "$@"', "sh", process.execPath, main, "report", run, "--format", format];
  const state = { pid: "", memory: 0, ended: false };
  const report = shell.start([...argv, "--out", out], {
    timeout: 600,
    onStdout: (chunk) => void (state.pid += Buffer.from(chunk).toString().trim()),
  });
  const done = report.done.finally(() => (state.ended = true));
  while (!state.ended) {
    state.memory = Math.max(state.memory, peakMemory(state.pid));
    await clock.sleep(SAMPLE_INTERVAL_S);
  }
  const { exitCode, stderr } = await done;
  if (exitCode !== 0) throw new Error(`cnibench report failed: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000, memory: state.memory, bytes: statSync(out).size };
}

/** Returns the peak resident memory of a process in bytes, from proc_pid_status(5); 0 if it does not run. */
function peakMemory(pid: string): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function describe({ seconds, memory, bytes }: Cost): string {
  return `${seconds.toFixed(2)} s, ${(memory / 1e6).toFixed(0)} MB of memory, file of ${(bytes / 1e6).toFixed(1)} MB`;
}
