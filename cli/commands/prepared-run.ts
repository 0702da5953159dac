/** Prepares a new run, or with `--resume` the rest of an interrupted one. */
import { randomBytes } from "node:crypto";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { userName } from "../../core/user.ts";
import { schedule, type DeploymentSlot } from "../../engine/plan/schedule.ts";
import { finishedRepetitions, nextSession, completeRecordCount } from "../../results/finished.ts";
import { loadStored } from "../../results/load.ts";
import { SCHEMA_VERSION, type Definition, type RunFile } from "../../results/record.ts";
import { redactor, type Redact } from "../../results/redact.ts";
import { createRun, reopenRun, type RunStore } from "../../results/store.ts";
import {
  toDefinition,
  toFlags,
  requireSamePlan,
  storedPlan,
  abbreviateHome,
  type DefinitionFlags,
} from "../flags/definition.ts";
import { readInputs, type Inputs, type Prepare } from "../flags/inputs.ts";
import { lockRunDir } from "../lock.ts";
import { version } from "../version.ts";

export interface PreparedRun {
  readonly inputs: Inputs;
  /** run.json as stored before this session. */
  readonly run: RunFile;
  readonly slots: readonly DeploymentSlot[];
  /** Creates or reopens the run directory. @throws UsageError; EnvironmentError */
  open(): Promise<RunStore>;
}

export interface PrepareFlags extends DefinitionFlags {
  readonly out?: string;
}

export async function prepareNewRun(flags: PrepareFlags, prepare: Prepare, signal: AbortSignal): Promise<PreparedRun> {
  const inputs = await readInputs(flags, prepare, signal);
  const started = new Date();
  const dir = resolve(flags.out ?? join("cnibench-out", timestamp(started)));
  const run: RunFile = {
    schemaVersion: SCHEMA_VERSION,
    id: `${timestamp(started)}-${randomBytes(3).toString("hex")}`,
    startedAt: started.toISOString(),
    finishedAt: null,
    command: ["cnibench", ...process.argv.slice(2)].map(abbreviateHome),
    seed: inputs.seed,
    versions: sessionVersions(),
    environment: null,
    definition: toDefinition(inputs, flags),
    plan: storedPlan(inputs.plan),
    outcome: null,
    warnings: [],
  };
  const open = async (): Promise<RunStore> => {
    const store = await createRun(dir, run, redactorFor(run.definition));
    await lockRunDir(dir);
    return store;
  };
  return { inputs, run, slots: schedule(inputs.plan, () => false), open };
}

/**
 * Plans the remaining deployments of a stored run.
 * @param given flags next to `--resume`: they may repeat those of the stored run, and give new paths of moved files
 * @throws UsageError when they contradict the stored run; EnvironmentError when another process uses the directory
 */
export async function prepareResumedRun(
  resumed: string,
  given: Partial<PrepareFlags>,
  prepare: Prepare,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const dir = resolve(resumed);
  if (given.out !== undefined && resolve(given.out) !== dir)
    throw new UsageError(`--out ${given.out} cannot be combined with --resume, which continues in its own directory`);
  await lockRunDir(dir);
  const { run, records, tornLine: torn } = await loadStored(dir);
  const { definition } = run;
  const flags = { ...toFlags(run), ...given };
  const inputs = await readInputs(flags, prepare, signal, definition.suites);
  requireSamePlan(run, { plan: storedPlan(inputs.plan), seed: inputs.seed, definition: toDefinition(inputs, flags) });
  const keep = completeRecordCount(run, records, torn);
  const kept = records.slice(0, keep);
  const turns = schedule(inputs.plan, finishedRepetitions(run, kept));
  return {
    inputs,
    run,
    slots: turns,
    open: async () => reopenRun(dir, keep, nextSession(kept), redactorFor(definition)),
  };
}

/** Returns the versions of the programs that run this session. */
export function sessionVersions(): RunFile["versions"] {
  return { cnibench: version(), node: process.versions.node };
}

function redactorFor({ redacted }: Definition): Redact | null {
  return redacted ? redactor({ home: homedir(), host: hostname(), user: userName() }) : null;
}

/** Formats a time as `2026-01-31T12-00-00`, which sorts by time and is a valid file name everywhere. */
function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(":", "-");
}
