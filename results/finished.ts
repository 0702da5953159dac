/** Determines the finished repetitions of a run, which a resumed run skips. */
import { sessionOf } from "./blocks.ts";
import type { ResultRecord, RunFile } from "./record.ts";

/** Reports whether all results of a repetition are stored. `task` is suite/scenario/plugin/cluster[/path]. */
export type IsFinished = (task: string, block: number, rep: number) => boolean;

/** A repetition is finished if each cell has a record, even a failure: a second attempt would hide the first. */
export function finishedRepetitions(run: RunFile, records: readonly ResultRecord[]): IsFinished {
  const expected = cellsPerTask(run);
  const stored = new Map<string, Set<string>>();
  for (const record of records) {
    const key = slotKey(taskOf(record), record.block, record.rep);
    const cells = stored.get(key);
    if (cells === undefined) stored.set(key, new Set([record.cell]));
    else cells.add(record.cell);
  }
  return (task, block, rep) => (stored.get(slotKey(task, block, rep))?.size ?? 0) >= (expected.get(task) ?? 1);
}

/** Returns the number of the next session. 1 for a run without records, because its first session stored nothing. */
export function nextSession(records: readonly ResultRecord[]): number {
  return records.reduce((last, record) => Math.max(last, sessionOf(record)), 0) + 1;
}

/**
 * Returns the number of records to keep. A crash may have cut off the records of the last repetition, which is then
 * measured again entirely.
 * @param tornLine the incomplete last line, or ""
 */
export function completeRecordCount(run: RunFile, records: readonly ResultRecord[], tornLine: string): number {
  const last = records.at(-1);
  if (last === undefined) return 0;
  const lastRepetition = records.slice(records.findLastIndex((record) => !sameRepetition(record, last)) + 1);
  const incomplete =
    last.kind === "check"
      ? tornLineContinues(tornLine, last)
      : new Set(lastRepetition.map(({ cell }) => cell)).size < (cellsPerTask(run).get(taskOf(last)) ?? 1);
  return incomplete ? records.length - lastRepetition.length : records.length;
}

/** Reports whether two records belong to the same repetition and were therefore written together. */
function sameRepetition(a: ResultRecord, b: ResultRecord): boolean {
  return taskOf(a) === taskOf(b) && a.block === b.block && a.rep === b.rep && sessionOf(a) === sessionOf(b);
}

/**
 * Reports whether the torn line belongs to the same check as the record. The number of verdicts of a check is not known
 * here, but each line begins with kind and cell.
 */
function tornLineContinues(tornLine: string, { kind, cell }: ResultRecord): boolean {
  const lineStart = JSON.stringify({ kind, cell }).slice(0, -1);
  return tornLine !== "" && (tornLine.startsWith(lineStart) || lineStart.startsWith(tornLine));
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

function slotKey(task: string, block: number, rep: number): string {
  return `${task} ${block} ${rep}`;
}
