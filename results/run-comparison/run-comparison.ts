/** Defines a comparison of stored runs, which `cnibench compare --format json` prints and all other formats render. */
import type { Better } from "../../core/metric.ts";
import type { Path } from "../../core/model.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { PairVerdict } from "../inference/verdict.ts";
import type { RunFile } from "../record.ts";
import type { CellState } from "./cell-state.ts";
import type { ComparedClause, UncomparedCheck } from "./compared-clause.ts";

export const COMPARISON_VERSION = 1;

/** Why the numbers of a cell decide less than they seem to. */
export type CellReason =
  /** Only the variation within the runs is known: the verdict can be a suspicion, but cannot fail a build by itself. */
  | "between-run variation unknown"
  /** Other processes kept the machine busy in at least half of the repetitions of a run, so the cell is undecided. */
  | "busy machine"
  /**
   * The values of the reference plugin changed although its binaries did not: the cell is that plugin's and undecided,
   * or is divided by it and cannot fail a build by itself.
   */
  | "reference changed"
  /** Both sides are the same runs, so nothing is decided. */
  | "same runs"
  /** No interval exists: a side has a single block and its variation is unknown, or there are too few pairs. */
  | "too few blocks";

export interface RunComparison {
  readonly schemaVersion: typeof COMPARISON_VERSION;
  /** `paired`: two plugins of one run, by blocks. `unpaired`: runs, by ratios to their own reference. */
  readonly design: "paired" | "unpaired";
  readonly base: ComparedSide;
  readonly head: ComparedSide;
  /** Facts in which the runs differ and that do not prevent a comparison. */
  readonly facts: readonly DifferingFact[];
  readonly threshold: Threshold;
  readonly errorControl: ComparisonErrorControl;
  /** In the order of the plan of the first base run. */
  readonly cells: readonly ComparedCell[];
  readonly uncompared: readonly UncomparedCell[];
  /** The clauses of the checks that both sides made, in the order of their plans. */
  readonly clauses: readonly ComparedClause[];
  readonly uncomparedChecks: readonly UncomparedCheck[];
  /** The known changes, in the order of their file; empty without such a file. */
  readonly known: readonly KnownChangeState[];
}

/** One side of a comparison. */
export interface ComparedSide {
  readonly runs: readonly ComparedRun[];
  /** Names of the compared plugins, in the order of the other side's partners. */
  readonly plugins: readonly string[];
}

export interface ComparedRun {
  /** ID of the run, which is unique. */
  readonly id: string;
  /** SHA-256 of results.jsonl; null if the file is unknown. */
  readonly digest: string | null;
  /** ISO 8601, UTC, milliseconds. */
  readonly startedAt: string;
  /** Version of cnibench. */
  readonly cnibench: string;
  readonly seed: number;
  readonly outcome: RunFile["outcome"];
  /** Problems of the stored files, and whether the run is incomplete. */
  readonly warnings: readonly Warning[];
}

/** A fact in which the runs differ. */
export interface DifferingFact {
  /** Name of the fact, such as `kernel`. */
  readonly fact: string;
  /** The values of the runs of the side, without repeated ones, joined by a comma; null: unknown. */
  readonly base: string | null;
  readonly head: string | null;
}

/** The smallest change that counts as a regression or an improvement. It must exceed both limits. */
export interface Threshold {
  /** Ratio above 1. */
  readonly ratio: number;
  /** Absolute limits by metric, in its unit; metrics without one have none. */
  readonly floors: Readonly<Record<string, number>>;
}

/** The limits of false verdicts in a comparison. */
export interface ComparisonErrorControl {
  readonly headlines: {
    /** Cells of headline questions. */
    readonly compared: number;
    /** Chance of any false difference among them. */
    readonly errorRate: number;
  };
  readonly exploratory: {
    readonly compared: number;
    /** Cells with a difference. */
    readonly different: number;
    /** Expected share of them that are false, at most. */
    readonly falseDiscoveryRate: number;
  };
}

/** The question of a cell and the two plugins. */
export interface ComparedKey {
  /** ID of the cell in the head runs. */
  readonly id: string;
  readonly suite: string;
  readonly scenario: string;
  readonly path: Path;
  readonly metric: string;
  readonly plugin: { readonly base: string; readonly head: string };
}

/** The divisor of the values of a cell or, on the scale of differences, the subtrahend. */
export type Reference =
  | { readonly kind: "baseline" }
  | { readonly kind: "plugin"; readonly name: string }
  /** Values themselves: those of one machine, or of one run. */
  | { readonly kind: "none" };

/** A side of a compared cell. */
export interface SideValue {
  readonly runs: number;
  /** In all runs. */
  readonly blocks: number;
  /** Median of the values of all blocks, in the unit. */
  readonly value: number;
  /** Typical ratio to the reference; null without a reference, and on the scale of differences. */
  readonly ratio: number | null;
}

export interface ComparedCell extends ComparedKey {
  readonly unit: string;
  readonly better: Better;
  /** `headline`: named by the suite of any of the runs. `exploratory`: all others. */
  readonly family: "headline" | "exploratory";
  readonly reference: Reference;
  readonly base: SideValue;
  readonly head: SideValue;
  /** Whether the numbers below are ratios head / base or, if a value is 0 or less, differences head - base. */
  readonly scale: "ratio" | "difference";
  readonly estimate: number;
  /** Confidence intervals of this one cell, or null if there are too few blocks. */
  readonly ci95: readonly [number, number] | null;
  readonly ci90: readonly [number, number] | null;
  /** Two-sided p-value of no difference; 1 if nothing can be decided. */
  readonly p: number;
  /** p-value that accounts for all headlines; of exploratory cells the same as `p`. */
  readonly pAdjusted: number;
  /** The cell differs if `pAdjusted` is at most this level. */
  readonly level: number;
  /** Verdict of head compared with base. */
  readonly verdict: PairVerdict;
  readonly reason?: CellReason;
  /**
   * The standard deviation between runs of logarithms (or differences), and its source; null: unknown, or a paired
   * design, which does not need it.
   */
  readonly betweenRuns: { readonly sd: number; readonly source: "runs" | "noise card" | "both" } | null;
  /**
   * Smallest true ratio (above 1) or difference that such runs show as a change, beyond the threshold, with a
   * probability of 80 %; null: none.
   */
  readonly detectable: number | null;
  /** `regression` or `improvement`: a difference whose estimate is beyond the threshold. */
  readonly change: "regression" | "improvement" | "none";
  /** State of a regression. `known`: accepted by a known change. */
  readonly state?: "unconfirmed" | "confirmed" | "refuted" | "known";
}

/** The reason of a cell that no reference could divide, which is known before the runs are measured. */
export const NO_REFERENCE = "no common reference, and the runs are of different machines";

/** A cell that is planned on a side and cannot be compared. A side whose baseline or reference failed is `failed`. */
export interface UncomparedCell {
  readonly cell: ComparedKey;
  readonly base: CellState;
  readonly head: CellState;
  readonly reason: string;
}

/** A pattern of the IDs of cells, or of clauses; `*` matches anything. */
export type KnownPattern =
  { readonly cell: string; readonly clause?: never } | { readonly clause: string; readonly cell?: never };

/** An entry of the file of known changes, whose regressions are accepted. */
export interface KnownChangeState {
  readonly entry: KnownPattern & { readonly reason: string; readonly expires: string };
  /** `matched`: a regression matches it. `unmatched`: only other cells or clauses do. */
  readonly state: "matched" | "unmatched";
}

/** Reports whether a cell is a regression that no known change accepts. */
export function isSuspect({ change, state }: ComparedCell): boolean {
  return change === "regression" && state !== "known" && state !== "refuted";
}

/** Reports whether the base measured a cell and the head could not: a plugin that fails is not as fast as before. */
export function isBroken({ base, head }: Pick<UncomparedCell, "base" | "head">): boolean {
  return base === "measured" && head === "failed";
}

/**
 * Reports whether both sides were to measure a cell, the base did, and they cannot be compared: the head failed, or
 * measured something else. Nothing is known about a change then. A cell that the head skipped, or that cannot have a
 * reference, is not lost.
 */
export function isLost({ base, head, reason }: UncomparedCell): boolean {
  return base === "measured" && (head === "failed" || (head === "measured" && reason !== NO_REFERENCE));
}

/** Reports whether a suspect is strong enough to fail a build without a second measurement. */
export function isConclusive(cell: ComparedCell): boolean {
  return isSuspect(cell) && cell.reason === undefined;
}
