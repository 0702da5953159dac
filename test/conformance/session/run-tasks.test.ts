/** Tasks that need no test node, because their clauses are skipped; conformance-run.lab.test.ts runs the others. */
import { expect, test } from "vitest";
import { parseNetworkConfig, withVersion } from "../../../cni/conf.ts";
import type { SpecVersion } from "../../../cni/spec-versions.ts";
import type { Clause } from "../../../conformance/clauses/clause.ts";
import { runTasks, withoutUnfinished } from "../../../conformance/session/run-tasks.ts";
import type { ClauseTask } from "../../../conformance/session/tasks.ts";
import type { PluginUnderTest } from "../../../conformance/under-test/plugin-under-test.ts";
import { guessProfile } from "../../../conformance/under-test/profile.ts";
import type { ConformanceRow } from "../../../results/clause-result.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const LIST = parseNetworkConfig(`{"cniVersion":"1.0.0","name":"n","type":"bridge"}`, "test");
const VERSIONS = ["0.3.1", "0.4.0", "1.0.0"] as const;
const CLAUSE: Clause = { id: "a.each", level: "MUST", section: "-", sentence: "S.", test: () => Promise.resolve() };
const ONCE: Clause = {
  ...CLAUSE,
  ...{ id: "a.once", dependsOnVersion: false, earlier: { before: "0.4.0", level: "SHOULD" } },
};

const taskOf = (clause: Clause, version: SpecVersion): ClauseTask => ({
  clause,
  underTest: { list: withVersion(LIST, version), operationLimit: 1 } as unknown as PluginUnderTest,
  variants: [],
});
const TASKS = VERSIONS.flatMap((version) => [taskOf(ONCE, version), taskOf(CLAUSE, version)]);

interface Run {
  readonly rows: readonly string[];
  /** The rows in the order in which they were reported. */
  readonly reported: readonly string[];
  readonly counts: readonly string[];
}

/** Skips both clauses: because the profile excludes them, or because ADD cannot succeed. */
async function runSkipped(addImpossible: string | null): Promise<Run> {
  const { shell } = fakeHost();
  const excluded = addImpossible === null ? [{ clauses: ["a.*"], reason: "excluded" }] : [];
  const describeRow = ({ clause, specVersion, level, testedIn = "itself" }: ConformanceRow): string =>
    `${clause} ${specVersion} ${level}: ${testedIn}`;
  const reported: string[] = [];
  const counts: string[] = [];
  // The clauses need no ADD, so nothing probes it, which would take a test node.
  const tasks = TASKS.map((task) => ({ ...task, clause: { ...task.clause, needsAdd: addImpossible !== null } }));
  const { rows } = await runTasks(tasks, addImpossible, {
    ...{ plugin: "p", profile: { ...guessProfile(LIST), excluded }, nodes: [shell] },
    signal: new AbortController().signal,
    onRow: (row, done, total) => {
      reported.push(describeRow(row));
      counts.push(`${done}/${total}`);
    },
  });
  return { rows: rows.map(describeRow), reported, counts };
}

test("versions share the result of a clause that does not depend on them, and each row has its own level", async () => {
  const { rows, reported, counts } = await runSkipped(null);
  expect(rows).toEqual([
    ...["a.once 0.3.1 SHOULD: 1.0.0", "a.each 0.3.1 MUST: itself"],
    ...["a.once 0.4.0 MUST: 1.0.0", "a.each 0.4.0 MUST: itself"],
    ...["a.once 1.0.0 MUST: itself", "a.each 1.0.0 MUST: itself"],
  ]);
  expect(reported.toSorted()).toEqual([...rows].sort());
  expect(reported[0]).toBe("a.once 1.0.0 MUST: itself");
  expect(counts).toEqual(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
});

test("a skip that leaves the verdict open is not shared: its reason may concern one version", async () => {
  const { rows } = await runSkipped("ADD fails");
  expect(rows.filter((row) => row.startsWith("a.once"))).toEqual([
    "a.once 0.3.1 SHOULD: itself",
    "a.once 0.4.0 MUST: itself",
    "a.once 1.0.0 MUST: itself",
  ]);
});

test("a version that was not tested to the end and has no failure has no rows", () => {
  const row = (clause: string, specVersion: string, status: ConformanceRow["status"]): ConformanceRow => ({
    ...{ plugin: "p", clause, section: "-", level: "MUST", specVersion, status, message: "" },
  });
  const complete = [row("a.once", "0.3.1", "pass"), row("a.each", "0.3.1", "pass")];
  const failed = [row("a.once", "1.0.0", "fail")];
  const rows = [...complete, row("a.once", "0.4.0", "pass"), ...failed];
  expect(withoutUnfinished(TASKS, rows)).toEqual([...complete, ...failed]);
});
