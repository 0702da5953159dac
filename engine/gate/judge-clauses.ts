/** Decides what two tests of the same newly failing clauses show together. Pure. */
import type { ComparedClause, Suspect, SuspectClause, SuspectStatus } from "../../results/index.ts";
import type { SecondMeasurement } from "./judge-suspects.ts";

/** Returns the suspects with what the second test shows: a clause must fail in both, and pass in the base. */
export function judgeClauses(suspects: readonly ComparedClause[], second: SecondMeasurement): readonly SuspectClause[] {
  const tested = new Map(second.flatMap(({ clauses }) => clauses.map((clause) => [clause.id, clause] as const)));
  return suspects.map((first) => {
    const { id, plugin, clause, level, specVersion } = first;
    const again = tested.get(id);
    return {
      ...{ id, plugin, clause, level, specVersion },
      state: again === undefined ? "unconfirmed" : stateOf(again),
      first: statusOf(first),
      second: again === undefined ? null : statusOf(again),
    };
  });
}

/** If the base fails as well when it is tested again, the clause depends on something else than the plugin. */
function stateOf({ base, head, reason }: ComparedClause): Suspect["state"] {
  if (head === "pass" || (head === "fail" && base === "fail")) return "refuted";
  return head === "fail" && base === "pass" && reason === undefined ? "confirmed" : "unconfirmed";
}

function statusOf({ base, head, reason }: ComparedClause): SuspectStatus {
  return { base, head, ...(reason !== undefined && { reason }) };
}
