/** `cnibench run`: check everything, measure, write the reports, say what came out. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { DEFAULT_LOAD_IMAGE } from "../clusters/kubernetes/load-image.ts";
import { UsageError } from "../core/errors.ts";
import { readEnvironment } from "../engine/environment.ts";
import { checkTemporaryInstall } from "../engine/temporary-install.ts";
import { fetchManifests, findAllAssets, toolsNeeded, toolsOnNodes } from "../engine/preflight.ts";
import { runDeployments, type RunInput } from "../engine/run-deployments.ts";
import { disposeOnAbort } from "../engine/cluster-pool.ts";
import { reports, type ReportName } from "../reports/index.ts";
import { reportInput, type ReportInput } from "../reports/report.ts";
import { environmentChanges } from "../results/changes.ts";
import { diskError } from "../results/disk.ts";
import { loadRun } from "../results/load.ts";
import type { Environment, RunFile } from "../results/record.ts";
import type { RunStore } from "../results/store.ts";
import { enterCommands } from "./enter-commands.ts";
import { warnIfEmulated } from "./emulated.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { confirmInstall, withTemporaryInstall } from "./temporary-install.ts";
import { interruptible, type Pause } from "./interrupt.ts";
import { prepareNewRun, prepareResumedRun, versions, type PreparedRun, type PrepareFlags } from "./prepared-run.ts";
import { lockHost } from "./lock.ts";
import { requireNoProblems } from "./problems.ts";
import { showProgress } from "./progress.ts";
import { summaryTable } from "./summary-table.ts";
import { prepareKind, requireTools } from "./tools.ts";

export interface RunFlags extends PrepareFlags {
  readonly resume?: string;
  readonly yes?: boolean;
  readonly keep?: boolean;
  /** How many clusters are made together. */
  readonly clustersAtOnce?: number;
  readonly failOn?: readonly string[];
  readonly report: readonly ReportName[];
  readonly progress: boolean;
}

/** Seconds that a cluster may take to be made only to be looked at. */
const MAX_INSPECTION_CLUSTER_SECONDS = 5;

/** @param given the flags that are on the command line, without defaults */
export async function runCommand(flags: RunFlags, given: Partial<RunFlags>): Promise<ExitCode> {
  const locks: (() => void)[] = [];
  try {
    return await interruptible(async (signal, pause) => {
      const prepare = async (kind: ClusterKind, spec: ClusterSpec): Promise<void> => {
        locks.push(await lockHost());
        await prepareKind(kind, flags, signal);
        await warnIfEmulated(kind, spec, signal);
      };
      const prepared =
        flags.resume === undefined
          ? await prepareNewRun(flags, prepare, signal)
          : await prepareResumedRun(flags.resume, given, prepare, signal);
      return measurePrepared(prepared, flags, signal, pause);
    });
  } finally {
    for (const unlock of locks) unlock();
  }
}

async function measurePrepared(
  prepared: PreparedRun,
  flags: RunFlags,
  signal: AbortSignal,
  pause: Pause,
): Promise<ExitCode> {
  const { plan, plugins, temporaryInstall: guest, kind, spec, binDirs } = prepared.inputs;
  if (flags.clustersAtOnce !== undefined && kind.maxClustersAtOnce === undefined)
    throw new UsageError(
      `--clusters-at-once: clusters of kind ${kind.name} are made one after the other; leave it out, or use --cluster kind`,
    );
  if (guest !== null) await confirmInstall(guest, flags.yes ?? false, signal);
  const tools = toolsNeeded(plan, kind, plugins, binDirs);
  await requireTools(tools, flags.yes ?? false, signal);
  const { assets, problems } = findAllAssets(plugins, kind.api, binDirs);
  const image = spec.kubernetes?.loadImage ?? DEFAULT_LOAD_IMAGE;
  const all = [
    ...(await kind.check(spec)),
    ...problems,
    ...(await fetchManifests(guest === null ? plugins : [guest.plugin], kind.api)),
  ];
  if (all.length === 0 && guest !== null)
    all.push(
      ...(await checkTemporaryInstall(guest.plugin, { context: guest.survey.context, loadImage: image }, signal)),
    );
  requireNoProblems(all);
  const store = await prepared.open();
  const progress = showProgress(flags.progress, plan);
  const input: RunInput = {
    plan,
    slots: prepared.slots,
    kind,
    spec: specForRun(spec, prepared.run.id, store.dir),
    assets,
    store,
    signal,
    onEvent: progress.on,
    ...(flags.clustersAtOnce === undefined ? {} : { maxConcurrentClusters: flags.clustersAtOnce }),
    ...(flags.keep ? { keepLab: keepUntilInterrupt(pause) } : {}),
  };
  if (flags.resume !== undefined)
    process.stderr.write(`resuming ${store.dir}: ${prepared.slots.length} deployments are left\n`);
  const used = { onHost: tools, onNodes: toolsOnNodes(plan, kind) };
  const measureAll = (): Promise<RunFile> => execute(input, prepared.run, used);
  if (prepared.slots.length > 0 || prepared.run.outcome !== "complete")
    await (
      guest === null ? measureAll() : withTemporaryInstall(guest, image, flags.keep ?? false, signal, measureAll)
    ).finally(() => progress.end());
  return finish(store, flags, signal.aborted);
}

/** What is made on a shared system says whose it is, and keeps its logs with the run. */
function specForRun(spec: ClusterSpec, runId: string, dir: string): ClusterSpec {
  const logs = join(dir, "logs");
  const machine = spec.machine === undefined ? {} : { machine: { ...spec.machine, logs } };
  return {
    ...spec,
    ...machine,
    ...(spec.kubernetes === undefined ? {} : { kubernetes: { ...spec.kubernetes, runId, logs } }),
  };
}

/** Shows how to enter a lab and waits until the user has seen enough. */
function keepUntilInterrupt(pause: Pause): NonNullable<RunInput["keepLab"]> {
  return async (cluster, pods) => {
    process.stderr.write(`\n${enterCommands(cluster, pods)}the lab is kept until Ctrl-C; the run goes on then\n`);
    await pause();
  };
}

/** Measures, and keeps run.json true whatever happens. @returns run.json as it was written last. */
async function execute(
  input: RunInput,
  planned: RunFile,
  tools: Parameters<typeof readEnvironment>[2],
): Promise<RunFile> {
  const { store, signal } = input;
  let run: RunFile = { ...planned, finishedAt: null, outcome: null };
  const close = async (outcome: RunFile["outcome"]): Promise<RunFile> => {
    run = { ...run, finishedAt: new Date().toISOString(), outcome };
    await store.update(run);
    return run;
  };
  try {
    const inspect = async (cluster: Cluster): Promise<void> => {
      run = withEnvironment(run, await readEnvironment(cluster, input.assets, tools), store);
      await store.update(run);
    };
    const quick = input.kind.deploySeconds < MAX_INSPECTION_CLUSTER_SECONDS;
    if (quick) await inspectFreshCluster(input, inspect);
    await runDeployments(quick ? input : { ...input, inspect: onFirstCluster(inspect) });
    return await close("complete");
  } catch (error) {
    const closed = await close(signal.aborted ? "interrupted" : "failed");
    if (signal.aborted) return closed;
    throw error;
  }
}

/** The first sitting that sees its surroundings stores them; a later one tells what is not as it was. */
function withEnvironment(run: RunFile, environment: Environment, store: RunStore): RunFile {
  const now = store.redacted({ ...run, versions: versions(), environment });
  if (run.environment === null) return now;
  return { ...run, warnings: [...run.warnings, ...environmentChanges(run, now, store.session)] };
}

/** Where a cluster takes long to make, the first that is measured is looked at too. */
function onFirstCluster(inspect: (cluster: Cluster) => Promise<void>): (cluster: Cluster) => Promise<void> {
  let done = false;
  return async (cluster) => {
    if (!done) await inspect(cluster);
    done = true;
  };
}

/** A first cluster, only to look at: what stands in the way is found before anything is measured. */
async function inspectFreshCluster(
  { kind, spec, signal }: RunInput,
  inspect: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = disposeOnAbort(signal, await kind.create(spec, signal));
  try {
    await inspect(cluster);
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
  return interrupted ? EXIT.interrupted : exitCodeOf(input, flags.failOn ?? []);
}

function exitCodeOf({ run, summary, records }: ReportInput, failOn: readonly string[]): ExitCode {
  if (failOn.includes("conformance") && summary.conformance.some(isDecisiveFailure)) return EXIT.conformance;
  const failed =
    summary.cells.some(({ state }) => state === "failed") || records.some(({ error }) => error !== undefined);
  const skips = [
    ...summary.cells.filter(({ state }) => state === "skipped"),
    ...run.plan.checks.filter(({ skip }) => skip !== undefined),
  ];
  const skipped = failOn.includes("incomplete") && skips.length > 0;
  return failed || skipped ? EXIT.notMeasured : EXIT.success;
}

function isDecisiveFailure({ status, level }: ReportInput["summary"]["conformance"][number]): boolean {
  return status === "fail" && (level === "MUST" || level === "derived");
}
