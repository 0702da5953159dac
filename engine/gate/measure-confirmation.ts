/** Measures the suspects of a gate again, in a run directory of their own below that of the run. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { withTimeLimit } from "../../core/wait.ts";
import { CONFIRMATION_DIR, type LoadedRun, loadRun, RUN_FILE } from "../../results/index.ts";
import type { RunChoices } from "../plan/definition.ts";
import type { RunListener } from "../run/events.ts";
import { check, execute, open, prepare, resume, type Session } from "../session.ts";
import {
  type BasePlugin,
  confirmationBlocks,
  confirmationChoices,
  type Suspects,
  timeBound,
  type TimeBound,
} from "./plan-confirmation.ts";

/** A measured run whose suspects are measured again. */
export interface MeasuredRun extends Pick<Session, "choices" | "plan" | "store"> {
  readonly loaded: LoadedRun;
}

/** A confirmation with an open directory, which is locked until `session.unlock` is called. */
export interface OpenConfirmation {
  readonly session: Session;
  readonly bound: TimeBound;
}

/**
 * Opens the directory of the confirmation, or that of an interrupted one.
 * @param bases with their binaries the blocks are paired; empty: only the head is measured
 * @throws UsageError; EnvironmentError
 */
export async function openConfirmation(
  host: Host,
  { choices, plan, store, loaded }: MeasuredRun,
  suspects: Suspects,
  bases: readonly BasePlugin[],
): Promise<OpenConfirmation> {
  const perDeployment = choices.kind.deploySeconds;
  const choicesOf = (blocks: number): RunChoices => confirmationChoices(choices, suspects, { bases, blocks });
  const block = await prepare(host, choicesOf(1));
  // Checks have verdicts instead of samples.
  const again = choicesOf(suspects.cells.length === 0 ? 1 : confirmationBlocks(plan, block.plan, perDeployment));
  const out = join(store.dir, CONFIRMATION_DIR);
  const interrupted = existsSync(join(out, RUN_FILE)) ? await resume(host, out) : null;
  try {
    const prepared = await prepare(host, again, { interrupted });
    const { command, noiseCard = null } = loaded.run;
    const session = await open(host, await check(host, prepared), { out, command, noiseCard });
    const measured = secondsOf(loaded);
    return { session, bound: timeBound(plan, prepared.plan, { perDeployment, measured }) };
  } catch (error) {
    interrupted?.unlock();
    throw error;
  }
}

/**
 * Measures a confirmation, at most until its limit.
 * @returns the run
 * @throws EnvironmentError if the limit was reached; the signal's reason after an interrupt
 */
export async function measureConfirmation(
  host: Host,
  { session, bound: { limit } }: OpenConfirmation,
  onEvent: RunListener,
): Promise<LoadedRun> {
  const reason = new EnvironmentError(
    `the second measurement took longer than its limit of ${limit} s; continue it with --resume DIR`,
  );
  const { outcome } = await withTimeLimit(host.signal, { seconds: limit, reason }, (signal) =>
    execute({ ...host, signal }, session, { onEvent }),
  );
  host.signal.throwIfAborted();
  if (outcome !== "complete") throw reason;
  return loadRun(session.store.dir);
}

/** Returns the duration of a run in seconds; null if it was resumed, so that pauses are part of it. */
function secondsOf({ run: { startedAt, finishedAt }, records }: LoadedRun): number | null {
  if (finishedAt === null) return null;
  for (const { sitting } of records) if (sitting !== undefined) return null;
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
