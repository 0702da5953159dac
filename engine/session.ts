/**
 * The life cycle of a run: {@link prepare} plans the user's choices, {@link check} examines the host, {@link open}
 * creates the run directory and {@link execute} measures. {@link resume} reads an interrupted run, whose rest is
 * prepared in the same way. Commands ask the user and print in between.
 */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { requireNoProblems } from "../core/errors.ts";
import { timestamp } from "../core/clock.ts";
import type { Host } from "../core/host.ts";
import { FAMILIES } from "../core/model.ts";
import {
  completeRecordCount,
  finishedRepetitions,
  type IsFinished,
  loadStored,
  nextSession,
  type NoiseCard,
  type Redact,
  redactor,
  reopenRun,
  type ResultRecord,
  type RunFile,
  SCHEMA_VERSION,
  type StoredRun,
} from "../results/index.ts";
import { checkTemporaryInstall } from "./deploy/kubernetes/temporary-install.ts";
import type { ToolsUsed } from "./deploy/read-environment.ts";
import { abbreviateHome, requireSamePlan, storedPlan, toDefinition, type RunChoices } from "./plan/definition.ts";
import { requireDecidableHeadlines, requireStoppable } from "./plan/decisions.ts";
import { filterPlan } from "./plan/plan-filter.ts";
import { makePlan, type Plan } from "./plan/make-plan.ts";
import { schedule, withoutStopped, type DeploymentSlot } from "./plan/schedule.ts";
import type { Assets } from "./preflight/assets.ts";
import { needsKernelProbe, probeKernel, type KernelFeature } from "./preflight/kernel-probe.ts";
import { fetchManifests, findProblems, pluginsToInstall, toolsNeeded, toolsOnNodes } from "./preflight/preflight.ts";
import { createLockedRun, type LockedRun } from "./run/create-locked-run.ts";
import type { RunListener } from "./run/events.ts";
import { measureAndStore, sessionVersions } from "./run/measure-and-store.ts";
import type { KeepLab } from "./run/run-round.ts";
import { lockRunDir } from "./run/run-locks.ts";
import { whileInstalled } from "./run/while-installed.ts";

/** An interrupted run as stored. No other process can resume it until `unlock` is called or this process ends. */
export interface InterruptedRun extends StoredRun {
  readonly dir: string;
  readonly unlock: () => void;
}

/** A planned run. */
interface PreparedRun {
  readonly choices: RunChoices;
  readonly plan: Plan;
  /** The deployments to run, in order. */
  readonly slots: readonly DeploymentSlot[];
  readonly tools: ToolsUsed;
  /** null for a new run. */
  readonly interrupted: InterruptedRun | null;
}

/** A planned run that this host can execute. */
export interface CheckedRun extends PreparedRun {
  readonly assets: readonly Assets[];
}

/** A run with an open directory, which is locked until its reports are written as well. */
export interface Session extends CheckedRun, LockedRun {
  /** run.json as stored before this session. */
  readonly run: RunFile;
}

interface PrepareOptions {
  /** Called before a lab is created to probe the kernel. */
  readonly onProbe?: () => void;
  /** The run to continue. Default: a new run. */
  readonly interrupted?: InterruptedRun | null;
}

/**
 * Reads an interrupted run. {@link prepare} plans the rest of it from its choices.
 * @throws UsageError if `dir` is not a run directory; EnvironmentError if another process uses it
 */
export async function resume(host: Host, dir: string): Promise<InterruptedRun> {
  const unlock = await lockRunDir(host, dir);
  const stored = await loadStored(dir).catch((error: unknown) => {
    unlock();
    throw error;
  });
  return { dir, unlock, ...stored };
}

/**
 * Plans a run. Its only side effect is a lab that probes the kernel, if the plan depends on the kernel.
 * @throws UsageError if the choices select nothing, or contradict the interrupted run; EnvironmentError if the kernel
 *   cannot be probed; the signal's reason
 */
export async function prepare(host: Host, choices: RunChoices, options: PrepareOptions = {}): Promise<PreparedRun> {
  const { interrupted = null, onProbe } = options;
  const plan = planRun(choices, await missingFeatures(host, choices, onProbe));
  const { kind, plugins, binDirs } = choices;
  if (interrupted !== null) requireSamePlan(interrupted.run, definitionOf(host, choices, plan));
  const isFinished: IsFinished =
    interrupted === null ? () => false : finishedRepetitions(interrupted.run, keptRecords(interrupted));
  return {
    choices,
    plan,
    slots: schedule(plan, isFinished).flatMap((slot) => withoutStopped(slot, interrupted?.run ?? {}) ?? []),
    tools: { onHost: toolsNeeded(host, { plan, kind, plugins, binDirs }), onNodes: toolsOnNodes(plan, kind) },
    interrupted,
  };
}

/**
 * Checks plugin files, the cluster kind and permissions, and downloads manifests. The tools must be installed.
 * @throws EnvironmentError with every problem
 */
export async function check(host: Host, prepared: PreparedRun): Promise<CheckedRun> {
  const { choices } = prepared;
  const { temporaryInstall, kind } = choices;
  const { assets, problems } = await findProblems(host, prepared);
  requireNoProblems([...problems, ...(await fetchManifests(host, pluginsToInstall(choices), kind.api))]);
  if (temporaryInstall !== null) {
    const { plugin, inspection } = temporaryInstall;
    requireNoProblems(await checkTemporaryInstall(host, plugin, inspection.target));
  }
  return { ...prepared, assets };
}

interface OpenOptions {
  /** Directory of a new run. Default: a directory with the time in its name. */
  readonly out?: string;
  /** The command line to store. */
  readonly command: readonly string[];
  /** The noise card to store with a new run. Default: none. */
  readonly noiseCard?: NoiseCard | null;
}

/**
 * Creates the directory of a new run, or opens that of an interrupted one and removes its incomplete last repetition.
 * @throws UsageError if a new directory is not empty; EnvironmentError
 */
export async function open(
  host: Host,
  checked: CheckedRun,
  { out, command, noiseCard = null }: OpenOptions,
): Promise<Session> {
  const { choices, plan, interrupted } = checked;
  if (interrupted !== null) {
    const kept = keptRecords(interrupted);
    const redact = redactorFor(host, interrupted.run.definition.redacted);
    const store = reopenRun(interrupted.dir, kept.length, nextSession(kept), redact);
    return { ...checked, run: interrupted.run, store, unlock: interrupted.unlock };
  }
  const started = host.clock.date();
  const run: RunFile = {
    schemaVersion: SCHEMA_VERSION,
    id: `${timestamp(started)}-${randomBytes(3).toString("hex")}`,
    startedAt: started.toISOString(),
    finishedAt: null,
    command: command.map((word) => abbreviateHome(host, word)),
    versions: sessionVersions(),
    environment: null,
    ...(noiseCard !== null && { noiseCard }),
    ...definitionOf(host, choices, plan),
    outcome: null,
    warnings: [],
  };
  const dir = resolve(out ?? join("cnibench-out", timestamp(started)));
  return { ...checked, run, ...(await createLockedRun(host, dir, run, redactorFor(host, choices.redact))) };
}

interface ExecuteOptions {
  readonly onEvent: RunListener;
  /** Number of clusters to create together. Default: the limit of this machine. */
  readonly maxConcurrentClusters?: number;
  readonly keepLab?: KeepLab;
  /** Whether a temporary installation stays. */
  readonly keepInstall?: boolean;
}

/**
 * Measures the remaining deployments and stores the results.
 * @returns the last stored run.json, also of an interrupted session
 */
export async function execute(host: Host, session: Session, options: ExecuteOptions): Promise<RunFile> {
  const isComplete = session.slots.length === 0 && session.run.outcome === "complete";
  return isComplete ? session.run : measure(host, session, options);
}

async function measure(
  host: Host,
  { choices, plan, slots, assets, tools, run, store }: Session,
  { keepInstall = false, ...control }: ExecuteOptions,
): Promise<RunFile> {
  const { kind, spec, temporaryInstall, keepAwake } = choices;
  const runSpec = { ...spec, runId: run.id, logs: join(store.dir, "logs") };
  const input = { plan, slots, kind, spec: runSpec, assets, store, keepAwake, ...control };
  const measureAll = (): Promise<RunFile> => measureAndStore(host, input, run, tools);
  if (temporaryInstall === null) return measureAll();
  return whileInstalled(host, temporaryInstall, { keep: keepInstall, onEvent: control.onEvent }, measureAll);
}

/** Returns the features that the kernel lacks. Creates a lab only if the plan depends on them. */
async function missingFeatures(
  host: Host,
  { kind, spec, plugins, suites }: RunChoices,
  onProbe?: () => void,
): Promise<ReadonlySet<KernelFeature>> {
  const families = suites.flatMap(({ scenarios }) => scenarios.map(({ family }) => family));
  const needs = { plugins, families };
  if (!needsKernelProbe(kind, spec, needs)) return new Set();
  onProbe?.();
  return probeKernel(host, kind, spec, needs);
}

function planRun(choices: RunChoices, missing: ReadonlySet<KernelFeature>): Plan {
  const { suites, plugins, runners, kind, spec, clusterReason, seed, only } = choices;
  requireDecidableHeadlines(suites, plugins.length);
  const plan = makePlan({
    suites,
    plugins,
    runners,
    cluster: kind.name,
    api: kind.api,
    clusterReason,
    nodes: spec.nodes,
    seed,
    missingFeatures: missing,
    hidesProcesses: kind.hidesProcesses ?? false,
    families: kind.families ?? FAMILIES,
  });
  const filtered = filterPlan(plan, only);
  requireStoppable(filtered);
  return filtered;
}

/** Returns the definition of the run, as stored in run.json. */
function definitionOf(host: Host, choices: RunChoices, plan: Plan): Pick<RunFile, "definition" | "plan" | "seed"> {
  return { seed: choices.seed, definition: toDefinition(host, choices), plan: storedPlan(plan) };
}

/** Returns the records without those of a repetition that a crash cut off. */
function keptRecords({ run, records, tornLine }: InterruptedRun): readonly ResultRecord[] {
  return records.slice(0, completeRecordCount(run, records, tornLine));
}

function redactorFor({ homeDir, hostname, userName }: Host, redact: boolean): Redact | null {
  return redact ? redactor({ home: homeDir, host: hostname, user: userName }) : null;
}
