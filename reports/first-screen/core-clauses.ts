/** The results of the core clauses of the CNI specification that a run checks: too few for a verdict on a plugin. */
import { groupBy } from "../../core/group.ts";
import { type ConformanceRow, type VersionVerdict, versionVerdicts } from "../../results/index.ts";
import { joinTexts, type Text } from "../language/text.ts";

/** Results of one plugin that several versions of the specification share. */
export interface CoreClauses {
  readonly versions: readonly string[];
  /** `5 passed, 1 failed, 1 known`. */
  readonly counts: Text;
  readonly status: "pass" | "fail" | "skip";
}

/** Returns the results by plugin, in the order of the rows. */
export function coreClauses(rows: readonly ConformanceRow[]): ReadonlyMap<string, readonly CoreClauses[]> {
  const byPlugin = groupBy(versionVerdicts(rows), ({ plugin }) => plugin);
  return new Map([...byPlugin].map(([plugin, verdicts]) => [plugin, sharedResults(verdicts)]));
}

function sharedResults(verdicts: readonly VersionVerdict[]): CoreClauses[] {
  const groups = groupBy(verdicts, (verdict) => countText(verdict).en);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const versions = group.map(({ specVersion }) => specVersion);
    return [{ versions, counts: countText(first), status: statusOf(first) }];
  });
}

function statusOf({ passed, failed, known }: VersionVerdict): CoreClauses["status"] {
  if (failed + known > 0) return "fail";
  return passed > 0 ? "pass" : "skip";
}

/** Returns counts instead of a verdict. */
function countText({ passed, failed, failedShould, failedBeyond, known, skipped }: VersionVerdict): Text {
  const others: readonly (readonly [count: number, text: Text])[] = [
    [failedShould, { en: "SHOULD failed", zh: "项 SHOULD 未通过" }],
    [failedBeyond, { en: "beyond the specification failed", zh: "项超出规范的条款未通过" }],
    [known, { en: "known", zh: "项已知偏差" }],
    [skipped, { en: "skipped", zh: "项跳过" }],
  ];
  const counted = others.flatMap(([count, { en, zh }]) =>
    count === 0 ? [] : [{ en: `${count} ${en}`, zh: `${count} ${zh}` }],
  );
  const always = { en: `${passed} passed, ${failed} failed`, zh: `${passed} 项通过，${failed} 项未通过` };
  return joinTexts([always, ...counted], { en: ", ", zh: "，" });
}
