/** Defines the conformance part of a comparison: checks, and their clauses by the status on both sides. */
import type { ConformanceRow } from "../clause-result.ts";
import type { CellState } from "./cell-state.ts";

/** A conformance check of a plugin, and its two plugins. */
export interface ComparedCheckKey {
  /** suite/scenario/plugin/cluster in the head runs; of a clause followed by its name and the version. */
  readonly id: string;
  readonly suite: string;
  readonly scenario: string;
  readonly plugin: { readonly base: string; readonly head: string };
}

/** The worst status in the runs of a side. `missing`: a side did not test the clause. */
export type ClauseStatus = ConformanceRow["status"] | "missing";

/**
 * What a change of the status means.
 * `regression`: a MUST or derived clause that passed fails.
 * `deviation`: a clause of another level that passed fails, which never fails a build.
 * `improvement`: a clause that failed passes.
 * `untested`: a clause that passed or failed is skipped.
 * `new`: only the head tested the clause. `removed`: only the base did, because the head does not have the clause.
 * `relabeled`: a failure became a known deviation, or the reverse.
 */
export type ClauseChange =
  "none" | "regression" | "deviation" | "improvement" | "untested" | "new" | "removed" | "relabeled";

/** Why a changed status decides less than it seems to. */
export type ClauseReason =
  /** Different versions of cnibench tested the sides, and their clauses can differ. */
  | "other version of cnibench"
  /** The clause fails only in some runs of the head. */
  | "not in all runs";

/**
 * A clause, with the texts of the head or, if it is missing there, of the base. Only a changed one has evidence and
 * commands that reproduce it.
 */
export interface ComparedClause
  extends
    ComparedCheckKey,
    Pick<
      ConformanceRow,
      "clause" | "section" | "level" | "specVersion" | "sentence" | "message" | "evidence" | "reproduce"
    > {
  readonly base: ClauseStatus;
  readonly head: ClauseStatus;
  readonly change: ClauseChange;
  /** Only of a regression. */
  readonly reason?: ClauseReason;
  /** Present if a skip of the head leaves the verdict on the plugin open. */
  readonly open?: true;
  /** State of a regression. `confirmed`: two tests of the head show it. `known`: accepted by a known change. */
  readonly state?: "unconfirmed" | "confirmed" | "refuted" | "known";
}

/** A check that a side has no result of. */
export interface UncomparedCheck {
  readonly check: ComparedCheckKey;
  readonly base: CellState;
  readonly head: CellState;
  readonly reason: string;
}

/** Reports whether a clause is a regression that no known change accepts. */
export function isSuspectClause({ change, state }: ComparedClause): boolean {
  return change === "regression" && state !== "known";
}

/** Reports whether a suspect is strong enough to fail a build without a second test. */
export function isConclusiveClause(clause: ComparedClause): boolean {
  return isSuspectClause(clause) && clause.reason === undefined;
}

/** Reports whether the head could not test a MUST clause that passed in the base, so that nothing is known about it. */
export function isLostClause({ base, change, open }: ComparedClause): boolean {
  return base === "pass" && change === "untested" && open === true;
}
