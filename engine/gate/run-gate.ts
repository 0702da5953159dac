/**
 * The gate of `run --confirm`: compares a measured run with its base, measures the suspects again and stores what both
 * measurements show together.
 */
import { EnvironmentError, messageOf, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { CommandError } from "../../core/shell.ts";
import {
  acceptsCell,
  type ComparedKey,
  type Confirmation,
  CONFIRMATION_DIR,
  GATE_VERSION,
  type GateFile,
  isBroken,
  isLost,
  isLostClause,
  isSuspect,
  isSuspectClause,
  type LoadedRun,
  loadRun,
  type RunComparison,
  type RunStore,
  storeGateFile,
  thresholdOf,
} from "../../results/index.ts";
import type { Plan } from "../plan/make-plan.ts";
import type { RunListener } from "../run/events.ts";
import type { Session } from "../session.ts";
import type { Gate } from "./check-gate.ts";
import { compareConfirmation, compareWithBase } from "./compare-runs.ts";
import { judgeClauses } from "./judge-clauses.ts";
import {
  conclude,
  isHidden,
  judgeSuspects,
  lostResult,
  type OpenResult,
  type SecondMeasurement,
  withStates,
} from "./judge-suspects.ts";
import { measureConfirmation, openConfirmation, type OpenConfirmation } from "./measure-confirmation.ts";
import type { Suspects } from "./plan-confirmation.ts";

export interface GateResult {
  readonly file: GateFile;
  /** The first measurement compared with the base; its suspects have the states that the second one shows. */
  readonly comparison: RunComparison;
}

/** A second measurement that is about to start. */
export interface ConfirmationStart {
  readonly plan: Plan;
  readonly suspects: Suspects;
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
 *   reason; errors that are bugs
 */
export async function runGate(host: Host, gate: Gate, measured: Session, onConfirm: OnConfirm): Promise<GateResult> {
  const loaded = await loadRun(measured.store.dir);
  const stored = new StoredGate(measured.store, gate, loaded);
  const comparison = firstComparison(stored, gate, loaded);
  const suspects = suspectsOf(gate, comparison);
  stored.update(judge(suspects, []));
  const confirm = async (): Promise<void> => {
    const opened = await openConfirmation(host, { ...measured, loaded }, suspects, gate.basePlugins ?? []);
    try {
      const start = startOf(opened, gate, suspects);
      stored.update({ confirmation: start.confirmation });
      const again = await measureConfirmation(host, opened, onConfirm(start));
      stored.update(judge(suspects, compareConfirmation(gate, pluginsOf(suspects), again)));
    } finally {
      opened.session.unlock();
    }
  };
  try {
    if (suspects.cells.length + suspects.clauses.length > 0) await confirm();
    stored.update(conclude(stored.file, openResults(gate, comparison)));
  } catch (error) {
    stored.setIncomplete(host.signal.aborted ? "interrupted" : messageOf(error));
    host.signal.throwIfAborted();
    if (!isExpected(error)) throw error;
  }
  return { file: stored.file, comparison: withStates(comparison, stored.file) };
}

function suspectsOf(gate: Gate, { cells, clauses }: RunComparison): Suspects {
  return {
    cells: cells.filter((cell) => isSuspect(cell) && isGated(gate, cell)),
    clauses: clauses.filter((clause) => isSuspectClause(clause) && isGatedPlugin(gate, clause)),
  };
}

function pluginsOf({ cells, clauses }: Suspects): ReadonlySet<string> {
  return new Set([...cells, ...clauses].map(({ plugin }) => plugin.head));
}

function judge({ cells, clauses }: Suspects, second: SecondMeasurement): Pick<GateFile, "suspects" | "clauses"> {
  return { suspects: judgeSuspects(cells, second), clauses: judgeClauses(clauses, second) };
}

/** gate.json of a run. */
class StoredGate {
  readonly #store: RunStore;
  #file: GateFile;

  constructor(store: RunStore, { threshold, baseRuns }: Gate, head: LoadedRun) {
    this.#store = store;
    this.#file = {
      schemaVersion: GATE_VERSION,
      outcome: null,
      threshold: thresholdOf(threshold),
      base: baseRuns.map(({ run }) => run.id),
      head: head.run.id,
      confirmation: null,
      suspects: [],
      clauses: [],
    };
    this.update({});
  }

  get file(): GateFile {
    return this.#file;
  }

  update(changes: Partial<GateFile>): void {
    this.#file = { ...this.#file, ...changes };
    storeGateFile(this.#store.dir, this.#file);
  }

  /** Stores why nothing can be concluded. @param reason may have personal data, such as paths */
  setIncomplete(reason: string): void {
    this.update({ outcome: "incomplete", reason: this.#store.redactedText(reason) });
  }
}

/** Compares the run with the base. @throws EnvironmentError if that is impossible, which gate.json states */
function firstComparison(stored: StoredGate, gate: Gate, head: LoadedRun): RunComparison {
  try {
    return compareWithBase(gate, head);
  } catch (error) {
    stored.setIncomplete(messageOf(error));
    throw error;
  }
}

/** Returns the results that may have become worse although they are not suspects, with the reason. */
function openResults(gate: Gate, comparison: RunComparison): readonly OpenResult[] {
  const { cells, uncompared, clauses, uncomparedChecks, threshold } = comparison;
  const hidden = cells.filter((cell) => isHidden(cell, threshold) && isGated(gate, cell));
  // A known change accepts a slower or a wrong plugin, not one that cannot be measured.
  const lost = uncompared.filter((each) => isLost(each) && isGatedPlugin(gate, each.cell));
  const lostClauses = clauses.filter((clause) => isLostClause(clause) && isGatedPlugin(gate, clause));
  const lostChecks = uncomparedChecks.filter((each) => isBroken(each) && isGatedPlugin(gate, each.check));
  return [
    ...hidden.map(({ id }) => ({ id, reason: "busy machine" })),
    ...lost.map((each) => lostResult(each.cell.id, each)),
    ...lostClauses.map(({ id }) => ({ id, reason: "skipped in the head only" })),
    ...lostChecks.map((each) => lostResult(each.check.id, each)),
  ];
}

function isGated(gate: Gate, cell: ComparedKey): boolean {
  return isGatedPlugin(gate, cell) && !gate.known.some((known) => acceptsCell(known, cell));
}

/** Reports whether a plugin can fail the gate: with `--base-bin-dir`, only those that have a binary there. */
function isGatedPlugin({ basePlugins }: Gate, { plugin }: Pick<ComparedKey, "plugin">): boolean {
  return basePlugins === null || basePlugins.some(({ head }) => head === plugin.head);
}

function startOf(
  { session: { plan, run }, bound }: OpenConfirmation,
  { basePlugins }: Gate,
  suspects: Suspects,
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

/** Reports whether an error is one of the machine or of the input instead of a bug. */
function isExpected(error: unknown): boolean {
  return error instanceof UsageError || error instanceof EnvironmentError || error instanceof CommandError;
}
