import { expect, it } from "vitest";
import { judgeClauses } from "../../../engine/gate/judge-clauses.ts";
import { conclude, withStates } from "../../../engine/gate/judge-suspects.ts";
import type { ComparedClause, SuspectClause } from "../../../results/index.ts";
import { comparedClause, failingClause, sampleComparison } from "../../helpers/sample-comparison.ts";

const SUSPECT = failingClause();

function judged(second: Partial<ComparedClause> | null): SuspectClause | undefined {
  const clauses = second === null ? [] : [comparedClause(second)];
  return judgeClauses([SUSPECT], [sampleComparison([], { clauses })])[0];
}

it.each<[string, Partial<ComparedClause> | null, SuspectClause["state"]]>([
  ["fails again", { base: "pass", head: "fail" }, "confirmed"],
  ["passes", { base: "pass", head: "pass" }, "refuted"],
  ["fails in the base, too", { base: "fail", head: "fail" }, "refuted"],
  ["is skipped", { base: "pass", head: "skip" }, "unconfirmed"],
  ["fails, and the base is skipped", { base: "skip", head: "fail" }, "unconfirmed"],
  ["fails in another test", { base: "pass", head: "fail", reason: "other version of cnibench" }, "unconfirmed"],
  ["has no result", null, "unconfirmed"],
])("a suspected clause that %s when tested again is judged", (_, second, state) => {
  expect(judged(second)?.state).toBe(state);
});

it("the gate fails for a confirmed clause, and passes for none that is open", () => {
  const conclusion = (second: Partial<ComparedClause> | null): unknown =>
    conclude({ suspects: [], clauses: [judged(second) as SuspectClause] }, []);
  expect(conclusion({ head: "fail" })).toEqual({ outcome: "regression" });
  expect(conclusion({ head: "pass" })).toEqual({ outcome: "passed" });
  expect(conclusion(null)).toMatchObject({ reason: expect.stringContaining("(not measured again)") as string });
  expect(conclusion({ head: "skip" })).toMatchObject({
    outcome: "incomplete",
    reason: expect.stringContaining(`${SUSPECT.id} (second test: skip)`) as string,
  });
});

it("the reports have the states of the suspects only", () => {
  const known = failingClause({ clause: "add.result", state: "known" });
  const first = sampleComparison([], { clauses: [SUSPECT, known, comparedClause({ clause: "check.healthy" })] });
  const clauses = [judged({ head: "fail" }) as SuspectClause];
  const states = withStates(first, { suspects: [], clauses }).clauses.map(({ state }) => state);
  expect(states).toEqual(["confirmed", "known", undefined]);
});
