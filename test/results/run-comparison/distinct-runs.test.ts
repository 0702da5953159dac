import { expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { sha256 } from "../../../results/digests.ts";
import type { LoadedRun } from "../../../results/load-run.ts";
import { requireDistinctRuns } from "../../../results/run-comparison/distinct-runs.ts";
import { RESULTS_FILE } from "../../../results/run-files.ts";
import { comparedRun } from "../../helpers/compared-run.ts";

/** Returns a run whose results have a digest; without one it is unknown. */
function run(id: string, digest?: string): LoadedRun {
  const loaded = comparedRun({ id, blocks: 1 });
  return digest === undefined
    ? loaded
    : { ...loaded, digests: { "run.json": null, "raw.sha256": null, [RESULTS_FILE]: digest } };
}

it.each<[string, LoadedRun[], LoadedRun[], boolean]>([
  ["other runs", [run("a", "1"), run("b", "2")], [run("c", "3")], false],
  ["other runs without results", [run("a", sha256(""))], [run("b", sha256(""))], false],
  ["the same run", [run("a", "1")], [run("a", "1")], true],
  ["the same run with unknown results", [run("a")], [run("a", "1")], true],
  ["copies with other IDs", [run("a", "1"), run("b", "2")], [run("d", "2"), run("c", "1")], true],
])("recognizes %s", (_, base, head, isSame) => {
  expect(requireDistinctRuns(base, head)).toBe(isSame);
});

it.each<[string, LoadedRun[], LoadedRun[], RegExp]>([
  ["a run twice on one side", [run("a", "1"), run("a", "1")], [run("b", "2")], /run a is given twice on one side/],
  ["a copy on one side", [run("b", "2")], [run("a", "1"), run("c", "1")], /runs a and c have the same results/],
  ["a run on both sides with others", [run("a"), run("b")], [run("b"), run("c")], /run b is on both sides/],
  ["a copy on both sides with others", [run("a", "1"), run("b", "2")], [run("c", "1")], /run a is on both sides/],
  ["one ID with two results", [run("a", "1")], [run("a", "2")], /run a has two different results/],
  ["one ID with two results on a side", [run("a", "1"), run("a", "2")], [run("b", "3")], /two different results/],
])("rejects %s", (_, base, head, message) => {
  const require = () => requireDistinctRuns(base, head);
  expect(require).toThrow(UsageError);
  expect(require).toThrow(message);
});

it("rejects a run that is compared with itself under other plugin names", () => {
  expect(() => requireDistinctRuns([run("a")], [run("a")], new Map([["p", "q"]]))).toThrow(/on both sides/);
});
