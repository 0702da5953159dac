/** The series and distributions that repetitions store, by scenario. */
import { groupBy } from "../../core/group.ts";
import type { Distribution, ResultRecord, RunFile, Series } from "../../results/index.ts";

/** One series or distribution of a repetition, with its place in the run. */
export interface Detail<T> {
  readonly scenario: string;
  readonly plugin: string;
  readonly path: string;
  readonly block: number;
  readonly detail: T;
}

export interface StoredDetails {
  readonly series: readonly Detail<Series>[];
  readonly distributions: readonly Detail<Distribution>[];
}

/** Returns the details by `suite / scenario`; older runs and large pages have none. */
export function storedDetails(run: RunFile, records: Iterable<ResultRecord>): ReadonlyMap<string, StoredDetails> {
  const found = [];
  for (const record of records)
    if (record.kind === "repetition" && (record.series ?? record.distributions) !== undefined) found.push(record);
  const cells = new Map(found.length === 0 ? [] : run.plan.cells.map((cell) => [cell.id, cell]));
  const placed = found.flatMap(({ cell: id, block, series = [], distributions = [] }) => {
    const cell = cells.get(id);
    if (cell === undefined) return [];
    const { suite, scenario, plugin, path } = cell;
    const place = { scenario, plugin, path, block };
    return [
      {
        key: `${suite} / ${scenario}`,
        series: series.map((detail) => ({ ...place, detail })),
        distributions: distributions.map((detail) => ({ ...place, detail })),
      },
    ];
  });
  return new Map(
    [...groupBy(placed, ({ key }) => key)].map(([key, own]) => [
      key,
      {
        series: own.flatMap(({ series }) => series),
        distributions: own.flatMap(({ distributions }) => distributions),
      },
    ]),
  );
}
