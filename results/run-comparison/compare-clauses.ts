/** Compares the conformance checks of two sides, clause by clause. Pure. */
import { groupBy } from "../../core/group.ts";
import type { ConformanceRow } from "../clause-result.ts";
import { foldChecks, worstRow } from "../fold-checks.ts";
import type { LoadedRun } from "../load-run.ts";
import type { Check, RunFile } from "../record.ts";
import { RecordList } from "../record-list.ts";
import { isDecisive, leavesVerdictOpen } from "../verdicts.ts";
import type {
  ClauseChange,
  ClauseStatus,
  ComparedCheckKey,
  ComparedClause,
  UncomparedCheck,
} from "./compared-clause.ts";
import type { CellState } from "./cell-state.ts";

/** A run with its checks. */
export interface CheckedRun {
  readonly run: RunFile;
  readonly checks: readonly Check[];
}

/** Two sides, and the names of the plugins that are compared: those of the base to those of the head. */
export interface CheckedSides {
  readonly base: readonly CheckedRun[];
  readonly head: readonly CheckedRun[];
  readonly plugins: ReadonlyMap<string, string>;
}

export interface ClauseComparison {
  readonly clauses: readonly ComparedClause[];
  readonly uncomparedChecks: readonly UncomparedCheck[];
}

/** A check in one run. */
interface CheckResult {
  readonly state: CellState;
  /** Why it has no rows. */
  readonly reason?: string;
  readonly rows: readonly ConformanceRow[];
}

/** Compares the checks that any run planned, in the order of the plans. */
export function compareClauses(sides: CheckedSides): ClauseComparison {
  const { base, head } = sides;
  const versions = new Set([...base, ...head].map(({ run }) => run.versions.cnibench));
  const clauses: ComparedClause[] = [];
  const uncomparedChecks: UncomparedCheck[] = [];
  for (const [baseId, check] of plannedChecks(sides)) {
    const inBase = base.map((run) => resultOf(run, baseId));
    const inHead = head.map((run) => resultOf(run, check.id));
    const uncompared = uncomparedCheck(check, inBase, inHead);
    if (uncompared !== null) uncomparedChecks.push(uncompared);
    else clauses.push(...clausesOf(check, { inBase, inHead, sameVersion: versions.size === 1 }));
  }
  // A check that neither side was to make, or could make, needs no mention.
  const isWorthMention = (each: UncomparedCheck): boolean =>
    [each.base, each.head].some((state) => state === "measured" || state === "failed");
  return { clauses, uncomparedChecks: uncomparedChecks.filter(isWorthMention) };
}

/** Returns the clauses of one run. */
export function testedClauses({ run, records }: LoadedRun): readonly ComparedClause[] {
  const side = [{ run, checks: RecordList.of(records).checks }];
  return compareClauses({ base: side, head: side, plugins: new Map(run.plan.plugins.map((name) => [name, name])) })
    .clauses;
}

/** Returns the checks of the compared plugins by their IDs in the base. */
function plannedChecks({ base, head, plugins }: CheckedSides): ReadonlyMap<string, ComparedCheckKey> {
  const originals = new Map([...plugins].map(([old, current]) => [current, old]));
  const planned = [
    ...base.flatMap(({ run }) => run.plan.checks),
    ...head.flatMap(({ run }) =>
      run.plan.checks.flatMap(({ id, plugin }) => {
        const original = originals.get(plugin);
        return original === undefined ? [] : [{ id: withPlugin(id, original), plugin: original }];
      }),
    ),
  ];
  return new Map(
    planned.flatMap(({ id, plugin }): [string, ComparedCheckKey][] => {
      const partner = plugins.get(plugin);
      if (partner === undefined) return [];
      const [suite = "", scenario = ""] = id.split("/");
      return [[id, { id: withPlugin(id, partner), suite, scenario, plugin: { base: plugin, head: partner } }]];
    }),
  );
}

/** Replaces the plugin in suite/scenario/plugin/cluster. */
function withPlugin(id: string, plugin: string): string {
  return id.split("/").with(2, plugin).join("/");
}

function resultOf({ run, checks }: CheckedRun, id: string): CheckResult {
  const planned = run.plan.checks.find((check) => check.id === id);
  if (planned === undefined) return { state: "missing", rows: [] };
  if (planned.skip !== undefined) return { state: "skipped", reason: planned.skip, rows: [] };
  const stored = checks.filter(({ cell }) => cell === id);
  const failed = stored.find(({ error }) => error !== undefined);
  if (failed !== undefined || stored.length === 0)
    return { state: "failed", reason: failed?.error ?? "no results", rows: [] };
  return { state: "measured", rows: foldChecks({ plan: { checks: [planned] } }, stored) };
}

function uncomparedCheck(
  check: ComparedCheckKey,
  base: readonly CheckResult[],
  head: readonly CheckResult[],
): UncomparedCheck | null {
  const reason = whyNotTested("base", base) ?? whyNotTested("head", head);
  return reason === null ? null : { check, base: worstState(base), head: worstState(head), reason };
}

function whyNotTested(side: "base" | "head", results: readonly CheckResult[]): string | null {
  const untested = results.find(({ state }) => state !== "measured");
  if (untested === undefined) return null;
  if (untested.state === "missing") return `only in ${side === "base" ? "head" : "base"}`;
  return `${untested.state} in ${side}: ${untested.reason ?? "unknown"}`;
}

function worstState(results: readonly CheckResult[]): CellState {
  const states = results.map(({ state }) => state);
  return (["failed", "missing", "skipped"] as const).find((state) => states.includes(state)) ?? "measured";
}

interface CheckResults {
  /** One for each run of the side. */
  readonly inBase: readonly CheckResult[];
  readonly inHead: readonly CheckResult[];
  /** Whether one version of cnibench tested all of them. */
  readonly sameVersion: boolean;
}

function clausesOf(check: ComparedCheckKey, { inBase, inHead, sameVersion }: CheckResults): ComparedClause[] {
  const [ofBase, ofHead] = [rowsByClause(inBase), rowsByClause(inHead)];
  return [...new Set([...ofBase.keys(), ...ofHead.keys()])].map((key) =>
    comparedClause({ ...check, id: `${check.id}/${key}` }, ofBase.get(key) ?? [], {
      rows: ofHead.get(key) ?? [],
      sameVersion,
    }),
  );
}

function rowsByClause(results: readonly CheckResult[]): ReadonlyMap<string, ConformanceRow[]> {
  const rows = results.flatMap((each) => each.rows);
  return groupBy(rows, ({ clause, specVersion }) => `${clause}/${specVersion}`);
}

/** @param inBase rows of the clause, of the runs that have it */
function comparedClause(
  key: ComparedCheckKey,
  inBase: readonly ConformanceRow[],
  { rows: inHead, sameVersion }: { readonly rows: readonly ConformanceRow[]; readonly sameVersion: boolean },
): ComparedClause {
  const [base, head] = [statusOf(inBase), statusOf(inHead)];
  const row = worstRow(inHead.length > 0 ? inHead : inBase);
  const change = changeOf(base, head, row);
  return {
    ...key,
    ...textsOf(row),
    ...(change !== "none" && proofOf(row)),
    ...{ base, head, change },
    ...(head === "skip" && leavesVerdictOpen(row) && { open: true as const }),
    ...(change === "regression" && judgedRegression(inHead, sameVersion)),
  };
}

function statusOf(rows: readonly ConformanceRow[]): ClauseStatus {
  return rows.length === 0 ? "missing" : worstRow(rows).status;
}

function textsOf({ clause, section, level, specVersion, sentence, message }: ConformanceRow) {
  return { clause, section, level, specVersion, message, ...(sentence !== undefined && { sentence }) };
}

function proofOf({ evidence, reproduce }: ConformanceRow): Pick<ConformanceRow, "evidence" | "reproduce"> {
  return { ...(evidence !== undefined && { evidence }), ...(reproduce !== undefined && { reproduce }) };
}

/** @param row its level is that of the head */
function changeOf(base: ClauseStatus, head: ClauseStatus, row: ConformanceRow): ClauseChange {
  if (base === head) return "none";
  if (head === "missing") return "removed";
  if (base === "missing" || base === "skip") return "new";
  if (head === "skip") return "untested";
  if (head === "pass") return "improvement";
  if (base !== "pass") return "relabeled";
  return isDecisive(row) ? "regression" : "deviation";
}

/** A clause has no noise, so two failed tests of the head confirm a regression. */
function judgedRegression(
  inHead: readonly ConformanceRow[],
  sameVersion: boolean,
): Pick<ComparedClause, "state" | "reason"> {
  if (inHead.every(({ status }) => status === "known")) return { state: "known" };
  if (!sameVersion) return { state: "unconfirmed", reason: "other version of cnibench" };
  if (inHead.some(({ status }) => status === "pass" || status === "skip"))
    return { state: "unconfirmed", reason: "not in all runs" };
  return { state: inHead.length > 1 ? "confirmed" : "unconfirmed" };
}
