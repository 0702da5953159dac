/** What a report says about clauses that do not depend on the version: which version their results are those of. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";

type SharedRow = Required<Pick<ConformanceRow, "plugin" | "specVersion" | "testedIn">>;

/** A sentence for each plugin and version with such results, in the order of the rows. */
export function sharedResultNotes(rows: readonly ConformanceRow[]): readonly string[] {
  const shared = rows.flatMap(({ plugin, specVersion, testedIn }): SharedRow[] =>
    testedIn === undefined ? [] : [{ plugin, specVersion, testedIn }],
  );
  const groups = groupBy(shared, (row) => JSON.stringify(row));
  return [...groups.values()].flatMap(([row, ...others]) =>
    row === undefined ? [] : [noteOf(row, 1 + others.length)],
  );
}

function noteOf({ plugin, specVersion, testedIn }: SharedRow, count: number): string {
  const results = count === 1 ? "1 result is that" : `${count} results are those`;
  return `${plugin} ${specVersion}: ${results} of ${testedIn}, because the clauses do not depend on the version.`;
}
