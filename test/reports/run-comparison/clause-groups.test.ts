import { expect, test } from "vitest";
import { clauseGroups, failingClauses, isShownGroup } from "../../../reports/run-comparison/clause-groups.ts";
import { comparedClause, failingClause, sampleComparison } from "../../helpers/sample-comparison.ts";

const suspect = failingClause();
const confirmed = failingClause({ state: "confirmed" });
const otherVersion = failingClause({ reason: "other version of cnibench" });
const known = failingClause({ state: "known" });
const refuted = failingClause({ state: "refuted" });
const lost = comparedClause({ head: "skip", change: "untested", open: true });
const untested = comparedClause({ base: "fail", head: "skip", change: "untested" });
const added = comparedClause({ base: "missing", change: "new" });
const addedFailure = comparedClause({ base: "missing", head: "fail", change: "new" });
const clauses = [
  ...[comparedClause(), suspect, confirmed, otherVersion, known, refuted, lost, untested, added, addedFailure],
  failingClause({ change: "deviation", level: "SHOULD" }),
  comparedClause({ base: "fail", change: "improvement" }),
  comparedClause({ base: "fail", head: "known", change: "relabeled" }),
  comparedClause({ head: "missing", change: "removed" }),
];

test("clauses are grouped in the order of importance, and unchanged ones are omitted", () => {
  const groups = clauseGroups(sampleComparison([], { clauses }));
  expect(groups.map((group) => [group.kind, group.clauses.length, isShownGroup(group)])).toEqual([
    ["confirmed", 1, true],
    ["suspect", 2, true],
    ["lost", 1, true],
    ["failing", 1, true],
    ["deviation", 1, true],
    ["improvement", 1, true],
    ["untested", 1, false],
    ["known", 1, false],
    ["refuted", 1, false],
    ["relabeled", 1, false],
    ["other", 2, false],
  ]);
});

test.each([
  ["nothing without --fail-on", [], []],
  ["confirmed regressions", ["regression"], [confirmed]],
  ["suspects, too, but not if the test may have changed", ["suspect"], [suspect, confirmed]],
] as const)("a build fails because of %s", (_, failOn, expected) => {
  expect(failingClauses(sampleComparison([], { clauses }), failOn)).toEqual(expected);
});
