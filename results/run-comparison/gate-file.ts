/**
 * Defines `gate.json`, which `cnibench run --confirm` writes next to run.json: it links the run to the base and to the
 * confirmation, and has the outcome (docs/data-format.md).
 */
import { join } from "node:path";
import { writeAtomically } from "../../core/atomic-write.ts";
import type { Better } from "../../core/metric.ts";
import { diskError } from "../run-files.ts";
import type { ComparedClause } from "./compared-clause.ts";
import type { CellReason, ComparedCell, ComparedKey, RunComparison, Threshold } from "./run-comparison.ts";

export const GATE_VERSION = 1;
export const GATE_FILE = "gate.json";
/** Directory of the confirmation below that of the run; it is a run directory. */
export const CONFIRMATION_DIR = "confirmation";

/**
 * `passed`: no confirmed regression. `incomplete`: nothing can be concluded, so that the gate neither passes nor fails.
 */
export type GateOutcome = "passed" | "regression" | "incomplete";

/** The content of gate.json. */
export interface GateFile {
  readonly schemaVersion: typeof GATE_VERSION;
  /** null while the confirmation is measured, and after a crash. */
  readonly outcome: GateOutcome | null;
  /** Why the gate is incomplete; absent otherwise. */
  readonly reason?: string;
  readonly threshold: Threshold;
  /** IDs of the base runs, in the order of the command line. */
  readonly base: readonly string[];
  /** ID of the run that was compared with them. */
  readonly head: string;
  /** null without suspects, and if the confirmation could not be opened. */
  readonly confirmation: Confirmation | null;
  /** The regressions of the first measurement that no known change accepts. */
  readonly suspects: readonly Suspect[];
  /** The newly failing MUST and derived clauses of the first measurement that no known change accepts. */
  readonly clauses: readonly SuspectClause[];
}

/** How the suspects are measured again. */
export interface Confirmation {
  /** Directory relative to that of the run. */
  readonly dir: typeof CONFIRMATION_DIR;
  /** ID of its run. */
  readonly id: string;
  /** `paired`: the binary of the base in the same blocks. `unpaired`: only the head, compared with the base runs. */
  readonly design: RunComparison["design"];
  readonly blocks: number;
  /** Limit of its duration, seconds. */
  readonly maxSeconds: number;
}

/** A regression of the first measurement, and what the second one shows. */
export interface Suspect extends ComparedKey {
  /** ID of the cell in the head run. */
  readonly id: string;
  readonly better: Better;
  /** `unconfirmed`: the second measurement does not decide. */
  readonly state: "confirmed" | "refuted" | "unconfirmed";
  readonly first: SuspectEstimate;
  /** null: not measured, or not comparable. */
  readonly second: SuspectEstimate | null;
}

/** A newly failing clause, and what the second test of it shows. */
export interface SuspectClause extends Pick<ComparedClause, "id" | "plugin" | "clause" | "level" | "specVersion"> {
  /** `unconfirmed`: the second test does not decide. */
  readonly state: Suspect["state"];
  readonly first: SuspectStatus;
  /** null: not tested again. */
  readonly second: SuspectStatus | null;
}

export type SuspectStatus = Pick<ComparedClause, "base" | "head" | "reason">;

export interface SuspectEstimate extends Pick<ComparedCell, "scale" | "estimate" | "ci95"> {
  readonly reason?: CellReason;
}

/** Replaces gate.json. @throws EnvironmentError */
export function storeGateFile(dir: string, gate: GateFile): void {
  const file = join(dir, GATE_FILE);
  try {
    writeAtomically(file, `${JSON.stringify(gate, null, 2)}\n`);
  } catch (error) {
    throw diskError(error, file);
  }
}
