/** Verifies that each record is the only one of its repetition, and has the raw output of that repetition. */
import { join } from "node:path";
import { printableLine, UsageError } from "../../core/errors.ts";
import { type LoadedRun, rawPathOf, RecordSlots, RESULTS_FILE, type ResultRecord } from "../../results/index.ts";

/** @throws UsageError with the line of the first record that the run cannot have stored */
export function verifySlots(dir: string, { run, records }: Pick<LoadedRun, "run" | "records">): void {
  const slots = new RecordSlots(run);
  let line = 0;
  for (const record of records) {
    line++;
    const problem = slots.problemOf(record) ?? foreignRaw(record);
    if (problem !== null)
      throw new UsageError(`${join(dir, RESULTS_FILE)}:${line}: ${printableLine(record.cell)}: ${problem}`);
  }
}

/** Returns a sentence about the raw output of another cell, block, repetition or session; null if there is none. */
function foreignRaw(record: ResultRecord): string | null {
  const expected = rawPathOf(record);
  if (record.raw === null || record.raw === expected) return null;
  return `raw output of another repetition: ${record.raw} instead of ${printableLine(expected)}`;
}
