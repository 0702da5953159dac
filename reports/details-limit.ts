/** Limits the series and distributions of a run to what a page can contain. Pure. */
import type { Repetition, ResultRecord } from "../results/index.ts";

/** Numbers of all series and distributions up to which a page contains them: about 1 MB of its size. */
const MAX_NUMBERS = 200_000;

/** Returns the records, without series and distributions if those of all records have too many numbers. */
export function limitDetails(records: Iterable<ResultRecord>): Iterable<ResultRecord> {
  let count = 0;
  for (const record of records) if (record.kind === "repetition") count += numbersOf(record);
  return count > MAX_NUMBERS ? withoutDetails(records) : records;
}

/** Returns the records without series and distributions. */
export function withoutDetails(records: Iterable<ResultRecord>): readonly ResultRecord[] {
  return Array.from(records, (record) => {
    if (record.kind === "check" || (record.series ?? record.distributions) === undefined) return record;
    const others = { ...record } as { -readonly [Key in keyof Repetition]: Repetition[Key] };
    delete others.series;
    delete others.distributions;
    return others;
  });
}

function numbersOf({ series = [], distributions = [] }: Repetition): number {
  const lengths = [...series, ...distributions].map(({ values }) => values.length);
  return lengths.reduce((sum, length) => sum + length, 0);
}
