/** The clauses of a comparison by kind of change, and those that fail a build. */
import {
  type ComparedClause,
  isConclusiveClause,
  isLostClause,
  isSuspectClause,
  type RunComparison,
} from "../../results/index.ts";
import type { Text } from "../language/text.ts";
import type { FailOn } from "./comparison-format.ts";

/** A list of clauses with its title; more important lists come first. */
export interface ClauseGroup {
  readonly title: Text;
  readonly kind: keyof typeof TITLES;
  readonly clauses: readonly ComparedClause[];
}

const TITLES = {
  confirmed: { en: "Newly failing MUST and derived clauses, confirmed", zh: "新失败的 MUST 与衍生条款，已确认" },
  suspect: { en: "Newly failing MUST and derived clauses, not confirmed", zh: "新失败的 MUST 与衍生条款，未确认" },
  lost: {
    en: "MUST clauses that passed, and that the head could not test",
    zh: "曾通过但在 head 中无法测试的 MUST 条款",
  },
  failing: { en: "Failing clauses that only the head tested", zh: "仅在 head 中测试且未通过的条款" },
  deviation: {
    en: "Newly failing clauses that the specification does not require",
    zh: "新失败的、规范不作要求的条款",
  },
  improvement: { en: "Newly passing clauses", zh: "新通过的条款" },
  untested: { en: "Clauses that the head skipped", zh: "在 head 中跳过的条款" },
  known: { en: "Known newly failing clauses", zh: "已知的新失败条款" },
  refuted: {
    en: "Newly failing clauses that a second test did not confirm",
    zh: "第二次测试未确认的新失败条款",
  },
  relabeled: {
    en: "Failures that became known deviations, or the reverse",
    zh: "变为已知偏差的失败，或相反",
  },
  other: { en: "Clauses that only one side tested", zh: "仅一侧测试的条款" },
} as const satisfies Readonly<Record<string, Text>>;

/** Kinds that all formats list; the others are details. */
const SHOWN: ReadonlySet<ClauseGroup["kind"]> = new Set([
  "confirmed",
  "suspect",
  "lost",
  "failing",
  "deviation",
  "improvement",
]);

/** Returns the non-empty groups of the changed clauses. */
export function clauseGroups({ clauses }: RunComparison): ClauseGroup[] {
  const kinds = Object.keys(TITLES) as ClauseGroup["kind"][];
  return kinds
    .map((kind) => ({ kind, title: TITLES[kind], clauses: clauses.filter((clause) => kindOf(clause) === kind) }))
    .filter((group) => group.clauses.length > 0);
}

/** Reports whether a list is important enough to be shown first, and is never omitted. */
export function isShownGroup({ kind }: ClauseGroup): boolean {
  return SHOWN.has(kind);
}

/** Reports whether a list is that of regressions. */
export function isBadGroup({ kind }: ClauseGroup): boolean {
  return kind === "confirmed" || kind === "suspect";
}

/** Returns the clauses for which `--fail-on` demands exit code 5. */
export function failingClauses({ clauses }: RunComparison, failOn: readonly FailOn[]): ComparedClause[] {
  return clauses.filter((clause) => {
    const kind = kindOf(clause);
    if (kind === "confirmed") return failOn.length > 0;
    return kind === "suspect" && isConclusiveClause(clause) && failOn.includes("suspect");
  });
}

/** Returns the clauses that passed in the base and that the head could not test. */
export function lostClauses({ clauses }: RunComparison): ComparedClause[] {
  return clauses.filter(isLostClause);
}

function kindOf(clause: ComparedClause): ClauseGroup["kind"] | null {
  const { change, head } = clause;
  switch (change) {
    case "none":
      return null;
    case "regression":
      return kindOfRegression(clause);
    case "untested":
      return isLostClause(clause) ? "lost" : "untested";
    case "new":
      return head === "fail" ? "failing" : "other";
    case "removed":
      return "other";
    case "deviation":
    case "improvement":
    case "relabeled":
      return change;
  }
}

function kindOfRegression(clause: ComparedClause): ClauseGroup["kind"] {
  const { state } = clause;
  if (state === "confirmed" || state === "refuted") return state;
  return isSuspectClause(clause) ? "suspect" : "known";
}
