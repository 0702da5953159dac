/** Stores the outcome of a repetition as records, one for each cell, and emits an event. */
import { messageOf, printable } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { impossibleValue } from "../../core/metric-range.ts";
import type { MetricName } from "../../core/metrics.ts";
import { type Output, describeEnd } from "../../core/shell.ts";
import {
  type ClauseResult,
  type PlannedCell,
  type Repetition,
  type ResultRecord,
  type RunStore,
  SCHEMA_VERSION,
} from "../../results/index.ts";
import type { Measurement } from "../../runners/index.ts";
import type { RunListener } from "./events.ts";
import type { Task } from "../plan/make-plan.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";

/** Errors and skip reasons are cut off after this many characters. */
const MAX_ERROR_CHARS = 1000;

export type RepetitionOutcome =
  | { readonly measurement: Measurement }
  | { readonly checks: readonly ClauseResult[] }
  | { readonly error: string }
  | { readonly skip: string };

/** The output of one command. */
export interface RoleOutput {
  readonly role: string;
  readonly output: Output;
  readonly command: string;
}

/** Identifies one repetition and where its results go. */
export interface RepetitionTarget {
  readonly task: Task;
  readonly block: number;
  readonly rep: number;
  readonly store: RunStore;
  readonly onEvent: RunListener;
}

/** The fields that all records of a repetition share. */
interface RecordFields {
  readonly schemaVersion: number;
  readonly block: number;
  readonly rep: number;
  readonly sitting?: number;
  readonly startedAt: string;
  readonly raw: string | null;
}

/**
 * Stores the raw outputs and the records of a repetition.
 * @param startedAt ISO 8601
 * @throws EnvironmentError if they cannot be stored
 */
export async function storeRepetition(
  target: RepetitionTarget,
  outcome: RepetitionOutcome,
  rawOutputs: readonly RoleOutput[],
  startedAt: string,
): Promise<void> {
  const { block, rep, store } = target;
  const raw = rawOutputs.length > 0 ? await storeRaw(target, rawOutputs) : null;
  const fields = { schemaVersion: SCHEMA_VERSION, block, rep, ...sessionField(store), startedAt, raw };
  if ("checks" in outcome) storeChecks(target, fields, outcome.checks);
  else if ("error" in outcome) storeError(target, fields, outcome.error);
  else if ("skip" in outcome) storeSkip(target, fields, outcome.skip);
  else storeMeasurement(target, fields, outcome.measurement);
}

/** Stores the failure of a deployment for all its repetitions. */
export function storeDeploymentFailure(
  { clock }: Host,
  store: RunStore,
  { block, work }: DeploymentSlot,
  error: unknown,
): void {
  const startedAt = clock.date().toISOString();
  const message = bounded(messageOf(error));
  const fields = { schemaVersion: SCHEMA_VERSION, block, ...sessionField(store), startedAt, raw: null };
  store.append(
    ...work.flatMap(({ task, reps }) => reps.flatMap((rep) => errorRecords(task, { ...fields, rep }, message))),
  );
}

/** Makes the string safe for a terminal and limits its length. */
export function bounded(text: string): string {
  return printable(text).slice(0, MAX_ERROR_CHARS);
}

function storeChecks(
  { task, store, onEvent }: RepetitionTarget,
  fields: RecordFields,
  checks: readonly ClauseResult[],
): void {
  store.append(...checks.map((value) => ({ kind: "check", cell: task.id, ...fields, value }) as const));
  const count = (status: ClauseResult["status"]): number => checks.filter((check) => check.status === status).length;
  onEvent({ kind: "checked", task, failed: count("fail"), passed: count("pass") });
}

function storeError({ task, store, onEvent }: RepetitionTarget, fields: RecordFields, error: string): void {
  onEvent({ kind: "failed", plugin: task.plugin, subject: task.id, error, tasks: [task] });
  store.append(...errorRecords(task, fields, error));
}

function storeSkip({ task, store, onEvent }: RepetitionTarget, fields: RecordFields, skip: string): void {
  onEvent({ kind: "skipped", task, reason: skip });
  store.append(
    ...measuredCells(task).map(([, cell]) => ({ kind: "repetition", cell: cell.id, ...fields, skip }) as const),
  );
}

/** Stores the values. One impossible value makes all of them doubtful, so that the repetition fails. */
function storeMeasurement(target: RepetitionTarget, fields: RecordFields, measurement: Measurement): void {
  const { task, block, rep, store, onEvent } = target;
  const { values, warnings, missing = {} } = measurement;
  const impossible = impossibleValue(values);
  if (impossible !== null)
    return storeError(target, fields, `${task.runner.name} measured an impossible ${impossible}`);
  const warningField = warnings.length > 0 ? { warnings } : {};
  const cells = measuredCells(task);
  const first = cells.find(([metric]) => values[metric] !== undefined)?.[1];
  const records = cells.map(([metric, cell]) => {
    const value = values[metric];
    const reason = missing[metric];
    const gap = reason === undefined ? { error: `${task.runner.name} did not collect ${metric}` } : { skip: reason };
    return {
      kind: "repetition",
      cell: cell.id,
      ...fields,
      ...warningField,
      ...(value === undefined ? gap : { value }),
      ...(cell === first && detailsOf(measurement)),
    } as const;
  });
  store.append(...records);
  onEvent({ kind: "measured", block, task, rep, values });
}

/** Returns the keys that only the first value of a repetition has. */
function detailsOf({
  pairs,
  series,
  distributions,
}: Measurement): Pick<Repetition, "pairs" | "series" | "distributions"> {
  return {
    ...(pairs !== undefined && { pairs }),
    ...(series !== undefined && { series }),
    ...(distributions !== undefined && { distributions }),
  };
}

function errorRecords(task: Task, fields: RecordFields, error: string): ResultRecord[] {
  if (task.runner.scope === "checks") return [{ kind: "check", cell: task.id, ...fields, error }];
  return measuredCells(task).map(([, cell]) => ({ kind: "repetition", cell: cell.id, ...fields, error }));
}

/** The stored key is `sitting`; it is omitted in the first session. */
function sessionField({ session }: RunStore): { readonly sitting?: number } {
  return session === 1 ? {} : { sitting: session };
}

function measuredCells(task: Task): [MetricName, PlannedCell][] {
  return (Object.entries(task.cells) as [MetricName, PlannedCell][]).filter(([, { skip }]) => skip === undefined);
}

/** Stores the outputs. @returns path of their directory relative to the run directory */
async function storeRaw(
  { task, block, rep, store }: RepetitionTarget,
  rawOutputs: readonly RoleOutput[],
): Promise<string> {
  const dir = await store.rawDir(task.id, block, rep);
  const counts = new Map<string, number>();
  for (const { role, output, command } of rawOutputs) {
    const name = role.toLowerCase().replace(/[^a-z0-9-]/g, "-"); // clause ids contain dots
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const cmd = `# on ${output.where}; ${describeEnd(output)}, after ${output.duration.toFixed(3)} s\n${command}`;
    await dir.writeRaw(count === 1 ? name : `${name}-${count}`, { cmd, stdout: output.stdout, stderr: output.stderr });
  }
  dir.writeDigests();
  return dir.path;
}
