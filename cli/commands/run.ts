/** `cnibench run`: checks everything, measures, writes the reports and prints a summary. */
import { join } from "node:path";
import type { ClusterKind, ClusterSpec } from "../../clusters/cluster.ts";
import { DEFAULT_LOAD_IMAGE } from "../../kubernetes/objects/pod.ts";
import { UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Assets } from "../../engine/preflight/assets.ts";
import type { ToolsUsed } from "../../engine/deploy/environment.ts";
import { fetchManifests, findAllAssets, toolsNeeded, toolsOnNodes } from "../../engine/preflight/preflight.ts";
import type { RunInput } from "../../engine/run/run-deployments.ts";
import { checkTemporaryInstall } from "../../engine/deploy/kubernetes/temporary-install.ts";
import type { ReportName } from "../../reports/index.ts";
import type { RunFile } from "../../results/record.ts";
import type { RunStore } from "../../results/store.ts";
import { counted } from "../terminal/counted.ts";
import { warnIfEmulated } from "../terminal/emulated.ts";
import { enterCommands } from "../terminal/enter-commands.ts";
import { measureAndStore } from "./measure-and-store.ts";
import type { ExitCode } from "../exit-code.ts";
import { interruptible, type Pause } from "../terminal/interrupt.ts";
import { lockHost } from "../lock.ts";
import { prepareNewRun, prepareResumedRun, type PreparedRun, type PrepareFlags } from "./prepared-run.ts";
import { requireNoProblems } from "../problems.ts";
import { showProgress } from "../terminal/progress.ts";
import { reportResults } from "./report-results.ts";
import { confirmInstall, withTemporaryInstall } from "./temporary-install.ts";
import { prepareKind, requireTools } from "../tools.ts";

export interface RunFlags extends PrepareFlags {
  readonly resume?: string;
  readonly yes?: boolean;
  readonly keep?: boolean;
  /** Clusters to create in parallel. */
  readonly clustersAtOnce?: number;
  readonly failOn?: readonly string[];
  readonly report: readonly ReportName[];
  readonly progress: boolean;
}

/** How the user interrupts a command, or ends a pause of it. */
interface Control {
  readonly signal: AbortSignal;
  readonly pause: Pause;
}

/** @param given the flags on the command line, without defaults */
export async function runCommand(host: Host, flags: RunFlags, given: Partial<RunFlags>): Promise<ExitCode> {
  const locks: (() => void)[] = [];
  try {
    return await interruptible(host, async ({ signal }, pause) => {
      const prepare = async (kind: ClusterKind, spec: ClusterSpec): Promise<void> => {
        locks.push(await lockHost());
        await prepareKind(kind, flags, signal);
        await warnIfEmulated(kind, spec, signal);
      };
      const prepared =
        flags.resume === undefined
          ? await prepareNewRun(flags, prepare, signal)
          : await prepareResumedRun(flags.resume, given, prepare, signal);
      return measure(prepared, flags, { signal, pause });
    });
  } finally {
    for (const unlock of locks) unlock();
  }
}

/** Measures the remaining deployments and writes the reports. @throws UsageError; EnvironmentError */
async function measure(prepared: PreparedRun, flags: RunFlags, control: Control): Promise<ExitCode> {
  const { temporaryInstall, kind, plan, spec } = prepared.inputs;
  const { signal } = control;
  if (flags.clustersAtOnce !== undefined && kind.maxClustersAtOnce === undefined)
    throw new UsageError(`--clusters-at-once: not supported by ${kind.name} clusters; omit it, or use --cluster kind`);
  if (temporaryInstall !== null) await confirmInstall(temporaryInstall, flags.yes ?? false, signal);
  const { tools, assets } = await checkHost(prepared, flags, signal);
  const store = await prepared.open();
  const progress = showProgress(flags.progress, plan);
  if (flags.resume !== undefined)
    process.stderr.write(
      prepared.slots.length === 0
        ? `${store.dir} is complete; nothing to resume\n`
        : `resuming ${store.dir}: ${counted(prepared.slots.length, "deployment")} remaining\n`,
    );
  if (prepared.slots.length > 0 || prepared.run.outcome !== "complete") {
    const input = runInput(prepared, flags, { store, assets, onEvent: progress.on, ...control });
    const measureAll = (): Promise<RunFile> => measureAndStore(input, prepared.run, tools);
    const options = { loadImage: loadImageOf(spec), keep: flags.keep ?? false, signal };
    const measured =
      temporaryInstall === null ? measureAll() : withTemporaryInstall(temporaryInstall, options, measureAll);
    await measured.finally(() => progress.end());
  }
  return reportResults(store, flags, signal.aborted);
}

/**
 * Checks tools, plugin files, the cluster kind and permissions, and fetches missing tools.
 * @throws EnvironmentError with every problem
 */
async function checkHost(
  { inputs: { plan, plugins, temporaryInstall, kind, spec, binDirs } }: PreparedRun,
  flags: RunFlags,
  signal: AbortSignal,
): Promise<{ readonly tools: ToolsUsed; readonly assets: readonly Assets[] }> {
  const tools = toolsNeeded(plan, kind, plugins, binDirs);
  await requireTools(tools, flags.yes ?? false, signal);
  const { assets, problems } = findAllAssets(plugins, kind.api, binDirs);
  const installed = temporaryInstall === null ? plugins : [temporaryInstall.plugin];
  requireNoProblems([...(await kind.check(spec)), ...problems, ...(await fetchManifests(installed, kind.api))]);
  if (temporaryInstall !== null) {
    const { plugin, inspection } = temporaryInstall;
    const target = { context: inspection.context, loadImage: loadImageOf(spec) };
    requireNoProblems(await checkTemporaryInstall(plugin, target, signal));
  }
  return { tools: { onHost: tools, onNodes: toolsOnNodes(plan, kind) }, assets };
}

function loadImageOf({ kubernetes }: ClusterSpec): string {
  return kubernetes?.loadImage ?? DEFAULT_LOAD_IMAGE;
}

/** What a run uses besides its plan and flags. */
interface RunResources extends Control, Pick<RunInput, "store" | "assets" | "onEvent"> {}

function runInput(
  { inputs: { plan, kind, spec }, slots, run }: PreparedRun,
  { clustersAtOnce, keep }: RunFlags,
  { store, assets, onEvent, signal, pause }: RunResources,
): RunInput {
  return {
    plan,
    slots,
    kind,
    spec: specForRun(spec, run.id, store),
    assets,
    store,
    signal,
    onEvent,
    ...(clustersAtOnce === undefined ? {} : { maxConcurrentClusters: clustersAtOnce }),
    ...(keep ? { keepLab: keepUntilInterrupt(pause) } : {}),
  };
}

/** Adds the id of the run, which marks what it creates on shared systems, and the directory for its logs. */
function specForRun(spec: ClusterSpec, runId: string, { dir }: RunStore): ClusterSpec {
  const { machine, kubernetes } = spec;
  const logs = join(dir, "logs");
  return {
    ...spec,
    ...(machine === undefined ? {} : { machine: { ...machine, logs } }),
    ...(kubernetes === undefined ? {} : { kubernetes: { ...kubernetes, runId, logs } }),
  };
}

/** Prints how to enter a lab and waits for Ctrl-C. */
function keepUntilInterrupt(pause: Pause): NonNullable<RunInput["keepLab"]> {
  return async (cluster, pods) => {
    process.stderr.write(
      `\n${enterCommands(cluster, pods)}the lab is still running; press Ctrl-C to remove it and continue\n`,
    );
    await pause();
  };
}
