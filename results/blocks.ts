/** Folds the stored repetitions of a cell into one value per block, or into the reason for its absence. */
import type { Warning } from "../core/warning-codes.ts";
import { groupBy } from "../core/group.ts";
import { impossibleValue } from "../core/metric-range.ts";
import { findMetric } from "../core/metrics.ts";
import type { PlannedCell, Repetition, RunFile } from "./record.ts";
import { median } from "./statistics.ts";

/** One deployment: the unit of replication. */
export interface Block {
  readonly block: number;
  /** The session that measured the entire block; null: the block was split between sessions and cannot be paired. */
  readonly session: number | null;
  /** Values in the order of measurement. */
  readonly repetitions: readonly number[];
  /** Median of the repetitions. */
  readonly value: number;
}

export type FoldedCell =
  | {
      readonly state: "measured";
      readonly blocks: readonly Block[];
      readonly warnings: readonly Warning[];
      /** Other processes kept the machine busy in at least half of the repetitions. */
      readonly busy: boolean;
    }
  | { readonly state: "failed"; readonly error: string; readonly warnings: readonly Warning[] }
  | { readonly state: "skipped"; readonly reason: string };

/**
 * Folds one cell. A failed repetition fails the cell, because an average of the others would hide it. Only complete
 * blocks count, so that every value is the median of the same number of repetitions. In an unfinished run, a warning
 * reports missing blocks.
 */
export function foldCell(planned: PlannedCell, stored: readonly Repetition[], run: RunFile): FoldedCell {
  if (planned.skip !== undefined) return { state: "skipped", reason: planned.skip };
  const repetitions = latestPerSlot(stored).map((one) => withoutImpossible(one, planned.metric));
  const warnings = storedWarnings(repetitions);
  const failure = repetitions.find(({ value, skip }) => value === undefined && skip === undefined);
  if (failure !== undefined) return { state: "failed", error: failure.error ?? "no value was stored", warnings };
  const reason = repetitions.find(({ skip }) => skip !== undefined)?.skip;
  if (reason !== undefined) return { state: "skipped", reason };

  const blocks = completeBlocks(repetitions, planned.repetitions);
  const count = lastPerBlock(blocks).length;
  const expected = stoppedAfter(run, planned.suite) ?? planned.blocks;
  const missing = expected - count;
  const measured = { state: "measured", blocks, busy: isBusy(repetitions) } as const;
  if (missing <= 0) return { ...measured, warnings };
  if (run.outcome === "complete") {
    return {
      state: "failed",
      error: `not measured: no results of ${missing} of ${expected} blocks`,
      warnings,
    };
  }
  const why = run.outcome === "failed" ? "the run failed" : "the run was interrupted";
  if (count === 0) return { state: "failed", error: `not measured: ${why}`, warnings };
  const message = `only ${count} of ${describeExpected(planned, run)} blocks measured: ${why}`;
  return { ...measured, warnings: [{ code: "incomplete", message }, ...warnings] };
}

/** Returns the expected number of blocks: a range up to the largest one, while a rule may still stop the suite. */
function describeExpected({ suite, blocks }: PlannedCell, run: RunFile): string {
  const stopped = stoppedAfter(run, suite);
  if (stopped !== null) return `${stopped}`;
  return run.plan.stoppingRules?.[suite] === undefined ? `${blocks}` : `up to ${blocks}`;
}

/** Returns the number of blocks after which the run stopped measuring a suite; null: it did not. */
export function stoppedAfter({ stopping = [] }: Pick<RunFile, "stopping">, suite: string): number | null {
  return stopping.find((decision) => decision.suite === suite && decision.stop)?.block ?? null;
}

/** Ranks tolerate a minority of disturbed blocks. */
function isBusy(repetitions: readonly Repetition[]): boolean {
  const busy = repetitions.filter(({ warnings = [] }) => warnings.some(({ code }) => code === "busy-machine"));
  return busy.length > 0 && 2 * busy.length >= repetitions.length;
}

/** Turns a value that the metric cannot have into a failure: the file was modified, or a tool was broken. */
function withoutImpossible(repetition: Repetition, metric: string): Repetition {
  const { value, ...others } = repetition;
  if (value === undefined || findMetric(metric) === undefined) return repetition;
  const impossible = impossibleValue({ [metric]: value });
  return impossible === null ? repetition : { ...others, error: `stored an impossible ${impossible}` };
}

/** Returns the latest record of each block, repetition and session, in that order. */
function latestPerSlot(stored: readonly Repetition[]): Repetition[] {
  const bySlot = new Map(
    stored.map((repetition) => [`${repetition.block}-${repetition.rep}-${sessionOf(repetition)}`, repetition]),
  );
  return [...bySlot.values()].sort((a, b) => a.block - b.block || sessionOf(a) - sessionOf(b) || a.rep - b.rep);
}

/** Returns the session of a record. The first session is not stored. */
export function sessionOf({ sitting = 1 }: Pick<Repetition, "sitting">): number {
  return sitting;
}

/** Returns the complete blocks. The baseline of a split block is measured in each session, so it may have several. */
function completeBlocks(repetitions: readonly Repetition[], perBlock: number): Block[] {
  return [...groupBy(repetitions, ({ block }) => block)].flatMap(([block, ofBlock]) => {
    const sessions = [...groupBy(ofBlock, sessionOf)];
    const complete = sessions.flatMap(([session, ofSession]) => blockOf(block, session, ofSession, perBlock));
    return complete.length > 0 ? complete : blockOf(block, null, ofBlock, perBlock);
  });
}

/** Returns the block, or an empty list if repetitions are missing. */
function blockOf(block: number, session: number | null, repetitions: readonly Repetition[], perBlock: number): Block[] {
  const byRep = new Map(repetitions.flatMap(({ rep, value }) => (value === undefined ? [] : [[rep, value] as const])));
  const values = [...byRep].sort(([a], [b]) => a - b).map(([, value]) => value);
  return values.length >= perBlock ? [{ block, session: session, repetitions: values, value: median(values) }] : [];
}

/** Returns the last measurement of each block, which is counted and displayed. */
export function lastPerBlock(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map((block) => [block.block, block])).values()];
}

/** Returns the warnings of the records, one per code, with the number of repetitions that have it. */
function storedWarnings(repetitions: readonly Repetition[]): Warning[] {
  const stored = repetitions.flatMap(({ warnings = [] }) => warnings);
  return [...groupBy(stored, ({ code }) => code)].map(([code, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and in ${others.length} more of ${repetitions.length} repetitions)` : "";
    return { code, message: `${first?.message ?? ""}${more}` };
  });
}
