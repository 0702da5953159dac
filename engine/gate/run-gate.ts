/**
 * The gate of `run --confirm`: compares a measured run with its base, measures the suspects again and stores what both
 * measurements show together.
 */
import { EnvironmentError, messageOf, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { matchesGlob } from "../../core/text.ts";
import {
  type ComparedCell,
  type Confirmation,
  CONFIRMATION_DIR,
  GATE_VERSION,
  type GateFile,
  isSuspect,
  loadRun,
  type RunComparison,
  storeGateFile,
} from "../../results/index.ts";
import type { Plan } from "../plan/make-plan.ts";
import type { RunListener } from "../run/events.ts";
import type { Session } from "../session.ts";
import type { Gate } from "./check-gate.ts";
import { compareConfirmation, compareWithBase } from "./compare-runs.ts";
import { conclude, isHidden, judgeSuspects, withStates } from "./judge-suspects.ts";
import { measureConfirmation, openConfirmation, type OpenConfirmation } from "./measure-confirmation.ts";

export interface GateResult {
  readonly file: GateFile;
  /** The first measurement compared with the base; its suspects have the states that the second one shows. */
  readonly comparison: RunComparison;
}

/** What is about to be measured again. */
export interface ConfirmationStart {
  readonly plan: Plan;
  readonly suspects: readonly ComparedCell[];
  readonly confirmation: Confirmation;
  /** Seconds. */
  readonly expected: number;
}

/** Called before the suspects are measured again. Returns the listener of that run. */
export type OnConfirm = (start: ConfirmationStart) => RunListener;

/**
 * Decides a gate. gate.json exists without an outcome from the start, so that a crash never looks like a result.
 * Whatever prevents the confirmation makes the gate incomplete.
 * @param measured the first measurement, whose directory is still locked
 * @throws EnvironmentError if the run cannot be compared with the base, or gate.json cannot be written; the signal's
 *   reason
 */
export async function runGate(host: Host, gate: Gate, measured: Session, onConfirm: OnConfirm): Promise<GateResult> {
  const { dir } = measured.store;
  const loaded = await loadRun(dir);
  const comparison = compareWithBase(gate, loaded);
  const suspects = comparison.cells.filter((cell) => isSuspect(cell) && isGated(gate, cell));
  const hidden = comparison.cells.filter((cell) => isHidden(cell, comparison.threshold) && isGated(gate, cell));
  const stored = new StoredGate(dir, {
    schemaVersion: GATE_VERSION,
    outcome: null,
    threshold: comparison.threshold,
    base: gate.baseRuns.map(({ run }) => run.id),
    head: loaded.run.id,
    confirmation: null,
    suspects: judgeSuspects(suspects, []),
  });
  const confirm = async (): Promise<void> => {
    const opened = await openConfirmation(host, { ...measured, loaded }, suspects, gate.basePlugins ?? []);
    try {
      const start = startOf(opened, gate, suspects);
      stored.update({ confirmation: start.confirmation });
      const again = await measureConfirmation(host, opened, onConfirm(start));
      stored.update({ suspects: judgeSuspects(suspects, compareConfirmation(gate, suspects, again)) });
    } finally {
      opened.session.unlock();
    }
  };
  try {
    if (suspects.length > 0) await confirm();
    stored.update(conclude(stored.file.suspects, hidden));
  } catch (error) {
    stored.update({ outcome: "incomplete", reason: reasonOf(host, error) });
    host.signal.throwIfAborted();
  }
  return { file: stored.file, comparison: withStates(comparison, stored.file.suspects) };
}

/** gate.json of a run. */
class StoredGate {
  readonly #dir: string;
  #file: GateFile;

  constructor(dir: string, file: GateFile) {
    this.#dir = dir;
    this.#file = file;
    this.update({});
  }

  get file(): GateFile {
    return this.#file;
  }

  update(changes: Partial<GateFile>): void {
    this.#file = { ...this.#file, ...changes };
    storeGateFile(this.#dir, this.#file);
  }
}

/** Reports whether a cell can fail the gate: with `--base-bin-dir`, only those of plugins that have a binary there. */
function isGated({ basePlugins, known }: Gate, { id, plugin }: ComparedCell): boolean {
  if (known.some(({ cell }) => matchesGlob(id, cell))) return false;
  return basePlugins === null || basePlugins.some(({ head }) => head === plugin.head);
}

function startOf(
  { session: { plan, run }, bound }: OpenConfirmation,
  { basePlugins }: Gate,
  suspects: readonly ComparedCell[],
): ConfirmationStart {
  const confirmation: Confirmation = {
    dir: CONFIRMATION_DIR,
    id: run.id,
    design: basePlugins === null ? "unpaired" : "paired",
    blocks: plan.blocks,
    maxSeconds: bound.limit,
  };
  return { plan, suspects, confirmation, expected: bound.expected };
}

/** @throws errors that are bugs */
function reasonOf({ signal }: Host, error: unknown): string {
  if (signal.aborted) return "interrupted";
  if (error instanceof UsageError || error instanceof EnvironmentError) return messageOf(error);
  throw error;
}
