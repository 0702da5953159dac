/** `cnibench run`: check everything, measure, write the reports, say what came out. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EnvironmentError } from "../core/errors.ts";
import { readEnvironment } from "../engine/environment.ts";
import { forget } from "../engine/deploy.ts";
import { findAllAssets, toolsNeeded } from "../engine/preflight.ts";
import { runPlan, stateOf, type RunInput } from "../engine/run.ts";
import { reports } from "../reports/index.ts";
import { reportInput, type ReportInput } from "../reports/report.ts";
import { diskError } from "../results/disk.ts";
import { loadRun } from "../results/load.ts";
import { SCHEMA_VERSION, type RunFile } from "../results/record.ts";
import { createRun, type RunStore } from "../results/store.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { readInputs, type Inputs, type MeasuringFlags } from "./inputs.ts";
import { interruptible } from "./interrupt.ts";
import { lockHost } from "./lock.ts";
import { showProgress } from "./progress.ts";
import { summaryTable } from "./table.ts";
import { requireTools } from "./tools.ts";
import { version } from "./version.ts";

export interface RunFlags extends MeasuringFlags {
  readonly out?: string;
  readonly yes?: boolean;
  readonly failOn?: readonly string[];
  readonly report: readonly (keyof typeof reports)[];
  readonly progress: boolean;
}

export async function runCommand(flags: RunFlags): Promise<ExitCode> {
  const inputs = await readInputs(flags);
  const { plan, plugins, kind, spec, binDirs } = inputs;
  const unlock = await lockHost();
  try {
    return await interruptible(async (signal) => {
      const tools = toolsNeeded(plan, kind, plugins, binDirs);
      await requireTools(tools, flags.yes ?? false, signal);
      const { assets, problems } = findAllAssets(plugins, binDirs);
      const all = [...(await kind.check()), ...problems];
      if (all.length > 0) throw new EnvironmentError(all.map(({ message, fix }) => `${message}${fix ? `; fix: ${fix}` : ""}`).join("\n"));
      const started = new Date();
      const dir = resolve(flags.out ?? join("cnibench-out", stamp(started)));
      const runFile = describeRun(inputs, started);
      const store = await createRun(dir, runFile);
      const progress = showProgress(flags.progress, plan);
      const input: RunInput = { plan, kind, spec, assets, store, signal, on: progress.on };
      await execute(input, runFile, tools).finally(() => progress.end());
      return finish(store, flags, signal.aborted);
    });
  } finally {
    unlock();
  }
}

/** Measures, and keeps run.json true whatever happens. @returns run.json as it was written last. */
async function execute(input: RunInput, planned: RunFile, tools: Parameters<typeof readEnvironment>[2]): Promise<RunFile> {
  const { store, signal } = input;
  let run = planned;
  const close = async (outcome: RunFile["outcome"]): Promise<RunFile> => {
    run = { ...run, finishedAt: new Date().toISOString(), outcome };
    await store.update(run);
    return run;
  };
  try {
    run = { ...run, environment: await look(input, tools) };
    await store.update(run);
    await runPlan(input);
    return await close("complete");
  } catch (error) {
    const closed = await close(signal.aborted ? "interrupted" : "failed");
    if (signal.aborted) return closed;
    throw error;
  } finally {
    await forget(stateOf(store));
  }
}

/** A first cluster, only to look at: what stands in the way is found before anything is measured. */
async function look({ kind, spec, assets, store, signal }: RunInput, tools: Parameters<typeof readEnvironment>[2]) {
  const cluster = await kind.create(spec, signal);
  try {
    return await readEnvironment(cluster, assets, tools, join(stateOf(store), "look"));
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function finish(store: RunStore, flags: RunFlags, interrupted: boolean): Promise<ExitCode> {
  const input = reportInput(await loadRun(store.dir));
  process.stdout.write(summaryTable(input.summary));
  for (const name of flags.report) {
    const { extension, render } = reports[name];
    const file = join(store.dir, `report.${extension}`);
    const text = await render([input]);
    await writeFile(file, text).catch((error: unknown) => {
      throw diskError(error, file);
    });
    process.stdout.write(`${name} report: ${file}\n`);
  }
  if (interrupted) process.stderr.write(`interrupted: what was measured is in ${store.dir}\n`);
  return interrupted ? EXIT.interrupted : verdict(input, flags.failOn ?? []);
}

function verdict({ summary, records }: ReportInput, failOn: readonly string[]): ExitCode {
  if (failOn.includes("conformance") && summary.conformance.some(isFailure)) return EXIT.conformance;
  const failed = summary.cells.some(({ state }) => state === "failed") || records.some(({ error }) => error !== undefined);
  const skipped = failOn.includes("incomplete") && summary.cells.some(({ state }) => state === "skipped");
  return failed || skipped ? EXIT.notMeasured : EXIT.good;
}

function isFailure({ status, level }: ReportInput["summary"]["conformance"][number]): boolean {
  return status === "fail" && (level === "MUST" || level === "derived");
}

function describeRun({ plan, seed }: Inputs, started: Date): RunFile {
  const { tasks: _, ...stored } = plan;
  return {
    schemaVersion: SCHEMA_VERSION,
    id: `${stamp(started)}-${randomBytes(3).toString("hex")}`,
    startedAt: started.toISOString(),
    finishedAt: null,
    command: ["cnibench", ...process.argv.slice(2)],
    seed,
    versions: { cnibench: version() },
    environment: null,
    plan: stored,
    outcome: null,
    warnings: [],
  };
}

/** `2026-01-31T12-00-00`: sorts by time and is a file name everywhere. */
function stamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(":", "-");
}
