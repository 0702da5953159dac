/** What a report says about clauses that do not depend on the version: which version their results are those of. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../../results/index.ts";
import type { Text } from "../language/text.ts";

type SharedRow = Required<Pick<ConformanceRow, "plugin" | "specVersion" | "testedIn">>;

/** A sentence for each plugin and version with such results, in the order of the rows. */
export function sharedResultNotes(rows: readonly ConformanceRow[]): readonly Text[] {
  const shared = rows.flatMap(({ plugin, specVersion, testedIn }): SharedRow[] =>
    testedIn === undefined ? [] : [{ plugin, specVersion, testedIn }],
  );
  const groups = groupBy(shared, (row) => JSON.stringify(row));
  return [...groups.values()].flatMap(([row, ...others]) =>
    row === undefined ? [] : [noteOf(row, 1 + others.length)],
  );
}

function noteOf({ plugin, specVersion, testedIn }: SharedRow, count: number): Text {
  const results = count === 1 ? "1 result is that" : `${count} results are those`;
  return {
    en: `${plugin} ${specVersion}: ${results} of ${testedIn}, because the clauses do not depend on the version.`,
    zh: `${plugin} ${specVersion}：有 ${count} 项结果取自 ${testedIn}，因为这些条款与版本无关。`,
  };
}
