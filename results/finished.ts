/** Which repetitions of a run are done: a resumed run never measures them again. */
import { sittingOf } from "./blocks.ts";
import type { ResultRecord, RunFile } from "./record.ts";

/** Whether everything is stored of one repetition. `task` is suite/scenario/plugin/cluster, and /path where its cells have one. */
export type Finished = (task: string, block: number, rep: number) => boolean;

/** A repetition is finished when each of its cells has a record, be it a failure: a second attempt would hide the first. */
export function finishedRepetitions(run: RunFile, records: readonly ResultRecord[]): Finished {
  const expected = cellsPerTask(run);
  const stored = new Map<string, Set<string>>();
  for (const record of records) {
    const slot = slotOf(taskOf(record), record.block, record.rep);
    const cells = stored.get(slot);
    if (cells === undefined) stored.set(slot, new Set([record.cell]));
    else cells.add(record.cell);
  }
  return (task, block, rep) => (stored.get(slotOf(task, block, rep))?.size ?? 0) >= (expected.get(task) ?? 1);
}

/** 1 for a run without records: its first sitting has left nothing. */
export function nextSitting(records: readonly ResultRecord[]): number {
  return records.reduce((last, record) => Math.max(last, sittingOf(record)), 0) + 1;
}

/**
 * How many records to keep, from the first on: a crash may have cut off the records of a repetition in the middle, and
 * half of one is measured again as a whole.
 * @param torn what follows the last whole line
 */
export function wholeRecords(run: RunFile, records: readonly ResultRecord[], torn: string): number {
  const last = records.at(-1);
  if (last === undefined) return 0;
  const own = records.slice(records.findLastIndex((record) => !together(record, last)) + 1);
  const half =
    last.kind === "check"
      ? continues(torn, last)
      : new Set(own.map(({ cell }) => cell)).size < (cellsPerTask(run).get(taskOf(last)) ?? 1);
  return half ? records.length - own.length : records.length;
}

/** Of one repetition, and so of one write. */
function together(a: ResultRecord, b: ResultRecord): boolean {
  return taskOf(a) === taskOf(b) && a.block === b.block && a.rep === b.rep && sittingOf(a) === sittingOf(b);
}

/** How many verdicts a check gives is known to itself alone, so the beginning of the torn line must tell: kind and cell stand there. */
function continues(torn: string, { kind, cell }: ResultRecord): boolean {
  const begin = JSON.stringify({ kind, cell }).slice(0, -1);
  return torn !== "" && (torn.startsWith(begin) || begin.startsWith(torn));
}

function taskOf({ kind, cell }: ResultRecord): string {
  return kind === "check" ? cell : withoutMetric(cell);
}

function cellsPerTask(run: RunFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { id, skip } of run.plan.cells)
    if (skip === undefined) counts.set(withoutMetric(id), (counts.get(withoutMetric(id)) ?? 0) + 1);
  return counts;
}

function withoutMetric(cell: string): string {
  return cell.slice(0, cell.lastIndexOf("/"));
}

function slotOf(task: string, block: number, rep: number): string {
  return `${task} ${block} ${rep}`;
}
