/** Folds the stored repetitions of a cell into one value per block, or into the reason for its absence. */
import type { Warning } from "../core/warning-codes.ts";
import { groupBy } from "../core/group.ts";
import { impossibleValue, rangeOf } from "../core/metric-range.ts";
import { findMetric, type MetricName } from "../core/metrics.ts";
import type { PlannedCell, RepetitionOutcome, RunFile } from "./record.ts";
import { median } from "./statistics.ts";

/** One deployment: the unit of replication. */
export interface Block {
  readonly block: number;
  /** The session that measured the entire block; null: the block was split between sessions and cannot be paired. */
  readonly session: number | null;
  /** Values in the order of measurement; null: a single one. */
  readonly repetitions: readonly number[] | null;
  /** Median of the repetitions. */
  readonly value: number;
}

/** Returns the values of a block in the order of measurement. */
export function repetitionsOf({ repetitions, value }: Block): readonly number[] {
  return repetitions ?? [value];
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
export function foldCell(planned: PlannedCell, stored: readonly RepetitionOutcome[], run: RunFile): FoldedCell {
  if (planned.skip !== undefined) return { state: "skipped", reason: planned.skip };
  const repetitions = withoutImpossible(latestPerSlot(stored), planned.metric);
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
function isBusy(repetitions: readonly RepetitionOutcome[]): boolean {
  const busy = repetitions.filter(({ warnings }) => warnings?.some(({ code }) => code === "busy-machine") === true);
  return busy.length > 0 && 2 * busy.length >= repetitions.length;
}

/** Turns values that the metric cannot have into failures: the file was modified, or a tool was broken. */
function withoutImpossible(repetitions: readonly RepetitionOutcome[], metric: string): readonly RepetitionOutcome[] {
  if (findMetric(metric) === undefined) return repetitions;
  const [min, max] = rangeOf(metric as MetricName);
  const isPossible = ({ value }: RepetitionOutcome): boolean => value === undefined || (value >= min && value <= max);
  if (repetitions.every(isPossible)) return repetitions;
  return repetitions.map((repetition) => {
    if (isPossible(repetition)) return repetition;
    const { value, ...others } = repetition;
    return { ...others, error: `stored an impossible ${impossibleValue({ [metric]: value })}` };
  });
}

/** Returns the latest record of each block, session and repetition, in that order. */
function latestPerSlot(stored: readonly RepetitionOutcome[]): readonly RepetitionOutcome[] {
  // A run stores them in this order, and there can be a million of them.
  const isOrdered = stored.every(
    (one, index) => index === 0 || compareSlots(stored[index - 1] as RepetitionOutcome, one) < 0,
  );
  if (isOrdered) return stored;
  const bySlot = new Map(
    stored.map((repetition) => [`${repetition.block}-${repetition.rep}-${sessionOf(repetition)}`, repetition]),
  );
  return [...bySlot.values()].sort(compareSlots);
}

function compareSlots(a: RepetitionOutcome, b: RepetitionOutcome): number {
  return a.block - b.block || sessionOf(a) - sessionOf(b) || a.rep - b.rep;
}

/** Returns the session of a record. The first session is not stored. */
export function sessionOf({ sitting = 1 }: Pick<RepetitionOutcome, "sitting">): number {
  return sitting;
}

/** Returns a number for a block and a session, of which a run has up to 1,000 each. Strings would take longer. */
export function deploymentKey(block: number, session: number): number {
  return 1001 * block + session;
}

/**
 * Returns the complete blocks. The baseline of a split block is measured in each session, so it may have several.
 * @param repetitions with values, by block, session and repetition
 */
function completeBlocks(repetitions: readonly RepetitionOutcome[], perBlock: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0, end = 0; start < repetitions.length; start = end) {
    const { block } = repetitions[start] as RepetitionOutcome;
    const complete = blocks.length;
    while (repetitions[end]?.block === block) {
      const first = end;
      const session = sessionOf(repetitions[end] as RepetitionOutcome);
      while (repetitions[end]?.block === block && sessionOf(repetitions[end] as RepetitionOutcome) === session) end++;
      if (end - first >= perBlock) blocks.push(blockOf(block, session, repetitions.slice(first, end)));
    }
    if (blocks.length === complete) blocks.push(...splitBlock(block, repetitions.slice(start, end), perBlock));
  }
  return blocks;
}

function blockOf(block: number, session: number | null, repetitions: readonly RepetitionOutcome[]): Block {
  const values = repetitions.map(({ value }) => value as number);
  if (values.length > 1) return { block, session, repetitions: values, value: median(values) };
  return { block, session, repetitions: null, value: values[0] as number };
}

/** Returns a block of several sessions, or an empty list if repetitions are missing. */
function splitBlock(block: number, repetitions: readonly RepetitionOutcome[], perBlock: number): Block[] {
  const byRep = new Map(repetitions.map((repetition) => [repetition.rep, repetition]));
  if (byRep.size < perBlock) return [];
  return [
    blockOf(
      block,
      null,
      [...byRep.values()].sort((a, b) => a.rep - b.rep),
    ),
  ];
}

/** Returns the last measurement of each block, which is counted and displayed. */
export function lastPerBlock(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map((block) => [block.block, block])).values()];
}

/** Returns the warnings of the records, one per code, with the number of repetitions that have it. */
function storedWarnings(repetitions: readonly RepetitionOutcome[]): Warning[] {
  const stored = repetitions.filter(({ warnings }) => warnings !== undefined).flatMap(({ warnings = [] }) => warnings);
  return [...groupBy(stored, ({ code }) => code)].map(([code, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and in ${others.length} more of ${repetitions.length} repetitions)` : "";
    return { code, message: `${first?.message ?? ""}${more}` };
  });
}
