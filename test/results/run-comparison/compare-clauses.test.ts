import { expect, it } from "vitest";
import type { ClauseResult } from "../../../results/clause-result.ts";
import type { LoadedRun } from "../../../results/load-run.ts";
import type { Check } from "../../../results/record.ts";
import { validator } from "../../../results/run-schema.ts";
import { testedClauses } from "../../../results/run-comparison/compare-clauses.ts";
import { comparePlugins } from "../../../results/run-comparison/compare-plugins.ts";
import { compareRuns } from "../../../results/run-comparison/compare-runs.ts";
import type { ComparedClause } from "../../../results/run-comparison/compared-clause.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { comparedRun } from "../../helpers/compared-run.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

type Statuses = Readonly<Record<string, Partial<ClauseResult> & Pick<ClauseResult, "status">>>;

interface CheckOptions {
  readonly cnibench?: string;
  readonly skip?: string;
  readonly error?: string;
  readonly plugin?: string;
  /** Whether the run also measured the plugins. Default: true. */
  readonly hasCells?: boolean;
}

/** Returns a run that tested these clauses. */
function run(id: string, clauses: Statuses, options: CheckOptions = {}): LoadedRun {
  const { cnibench = "0.1.0", skip, error, plugin = "p", hasCells = true } = options;
  const check = { id: `quick/core/${plugin}/netns`, plugin, ...(skip !== undefined && { skip }) };
  const loaded = comparedRun({
    id,
    plugins: ["bridge", plugin],
    ...(!hasCells && { questions: [] }),
    change: ({ plan, versions }) => ({ plan: { ...plan, checks: [check] }, versions: { ...versions, cnibench } }),
  });
  const stored = { schemaVersion: 1, kind: "check", cell: check.id, block: 1, rep: 1, raw: null } as const;
  const startedAt = "2026-03-01T12:00:00.000Z";
  const rows = Object.entries(clauses).map(([clause, value]): Check => {
    const defaults = { clause, section: "DEL", level: "MUST", specVersion: "1.0.0", message: "seen" } as const;
    return { ...stored, startedAt, value: { ...defaults, ...value } };
  });
  const checks = error === undefined ? rows : [{ ...stored, startedAt, error }];
  return { ...loaded, records: [...loaded.records, ...(skip === undefined ? checks : [])] };
}

function compare(base: readonly LoadedRun[], head: readonly LoadedRun[]): RunComparison {
  const comparison = compareRuns(base, head, { threshold: 1.05 });
  expect(validator("comparison")(JSON.parse(JSON.stringify(comparison)))).toBeNull();
  return comparison;
}

function clauseAfter(base: Statuses[string] | null, head: Statuses[string] | null): ComparedClause | undefined {
  const of = (value: Statuses[string] | null): Statuses => ({ other: { status: "pass" }, ...(value && { x: value }) });
  return compare([run("a", of(base))], [run("b", of(head))]).clauses.find(({ clause }) => clause === "x");
}

const PASS = { status: "pass" } as const;
const FAIL = { status: "fail", message: "got 1", evidence: ["line"], reproduce: "run me" } as const;

it("finds a MUST or derived clause that newly fails, with its evidence and reproduction", () => {
  expect(clauseAfter(PASS, FAIL)).toEqual({
    ...{ id: "quick/core/p/netns/x/1.0.0", suite: "quick", scenario: "core", plugin: { base: "p", head: "p" } },
    ...{ clause: "x", section: "DEL", level: "MUST", specVersion: "1.0.0", message: "got 1" },
    ...{ evidence: ["line"], reproduce: "run me", base: "pass", head: "fail" },
    ...{ change: "regression", state: "unconfirmed" },
  });
  expect(clauseAfter(PASS, { ...FAIL, level: "derived" })?.change).toBe("regression");
});

it.each<[string, Statuses[string] | null, Statuses[string] | null, Partial<ComparedClause>]>([
  ["unchanged", FAIL, FAIL, { change: "none", head: "fail" }],
  ["a deviation of another level", PASS, { ...FAIL, level: "SHOULD" }, { change: "deviation" }],
  ["beyond the specification", PASS, { ...FAIL, level: "beyond" }, { change: "deviation" }],
  ["fixed", FAIL, PASS, { change: "improvement" }],
  ["fixed after a known deviation", { status: "known" }, PASS, { change: "improvement" }],
  ["a known deviation", PASS, { status: "known" }, { change: "regression", state: "known" }],
  ["relabeled", FAIL, { status: "known" }, { change: "relabeled" }],
  ["not tested, with an open verdict", PASS, { status: "skip" }, { change: "untested", open: true }],
  ["not applicable", PASS, { status: "skip", notApplicable: true }, { change: "untested" }],
  ["new, and fails", null, FAIL, { change: "new", base: "missing", head: "fail" }],
  ["tested for the first time", { status: "skip" }, FAIL, { change: "new", base: "skip" }],
  ["removed", PASS, null, { change: "removed", head: "missing", message: "seen" }],
])("a clause is %s", (_, base, head, expected) => {
  const clause = clauseAfter(base, head);
  expect(clause).toMatchObject(expected);
  expect(clause?.state).toBe(expected.state);
  expect(clause?.open).toBe(expected.open);
  if (expected.change === "none") expect(clause?.evidence).toBeUndefined();
});

it("confirms a clause that fails in several runs of the head, and none that passes in one", () => {
  const [base, wrong] = [run("a", { x: PASS }), (id: string) => run(id, { x: FAIL })];
  const judged = (...head: readonly LoadedRun[]) => compare([base], head).clauses[0];
  expect(judged(wrong("b"), wrong("c"))).toMatchObject({ change: "regression", state: "confirmed" });
  expect(judged(wrong("b"), run("c", { x: PASS }))).toMatchObject({
    ...{ change: "regression", state: "unconfirmed", reason: "not in all runs" },
    message: "got 1 (in 1 of 2 checks)",
  });
  const flaky = compare([base, wrong("d")], [wrong("b"), wrong("c")]).clauses[0];
  expect(flaky).toMatchObject({ base: "fail", change: "none" });
});

it("does not blame the plugin for a clause that another version of cnibench tested", () => {
  const head = ["b", "c"].map((id) => run(id, { x: FAIL }, { cnibench: "0.2.0" }));
  expect(compare([run("a", { x: PASS })], head).clauses[0]).toMatchObject({
    ...{ change: "regression", state: "unconfirmed", reason: "other version of cnibench" },
  });
});

it("lists checks without a result on a side", () => {
  const checksOf = (base: CheckOptions, head: CheckOptions) =>
    compare([run("a", { x: PASS }, base)], [run("b", { x: FAIL }, head)]).uncomparedChecks;
  expect(checksOf({}, { error: "no agent" })).toEqual([
    expect.objectContaining({ base: "measured", head: "failed", reason: "failed in head: no agent" }),
  ]);
  expect(checksOf({}, { skip: "too old" })).toMatchObject([{ head: "skipped", reason: "skipped in head: too old" }]);
  expect(checksOf({ skip: "too old" }, { skip: "too old" })).toEqual([]);
  const other = checksOf({ plugin: "q" }, {});
  expect(other.map(({ check, reason }) => [check.id, reason])).toEqual([
    ["quick/core/q/netns", "only in base"],
    ["quick/core/p/netns", "only in head"],
  ]);
});

it("matches a renamed plugin", () => {
  const options = { threshold: 1.05, renamed: new Map([["q", "p"]]) };
  const { clauses } = compareRuns([run("a", { x: PASS }, { plugin: "q" })], [run("b", { x: FAIL })], options);
  expect(clauses).toMatchObject([
    { id: "quick/core/p/netns/x/1.0.0", plugin: { base: "q", head: "p" }, change: "regression" },
  ]);
});

it("needs no cell, and refuses runs without a cell and a clause in common", () => {
  const only = { hasCells: false };
  const { cells, clauses } = compare([run("a", { x: PASS }, only)], [run("b", { x: PASS }, only)]);
  expect([cells.length, clauses.length]).toEqual([0, 1]);
  expect(() => compare([run("a", { x: PASS }, only)], [run("b", {}, { ...only, error: "no agent" })])).toThrow(
    /^nothing to compare: failed in head: no agent; /,
  );
});

it("compares two plugins of one run", () => {
  const { clauses } = comparePlugins(sampleRun(), { base: "bridge", head: "ptp" }, 1.05);
  const changes = clauses.filter(({ change }) => change !== "none");
  expect(changes.map(({ clause, base, head, change }) => [clause, base, head, change])).toEqual([
    ["add-routes", "known", "pass", "improvement"],
    ["check-healthy", "skip", "pass", "new"],
    ["check-address-gone", "pass", "fail", "regression"],
  ]);
});

it("lists the clauses of one run", () => {
  expect(testedClauses(run("a", { x: PASS, y: FAIL })).map(({ id }) => id)).toEqual([
    "quick/core/p/netns/x/1.0.0",
    "quick/core/p/netns/y/1.0.0",
  ]);
});
