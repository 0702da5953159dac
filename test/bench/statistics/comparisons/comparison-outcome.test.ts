import { expect, it } from "vitest";
import { comparisonRows, powerTable } from "../../../../bench/statistics/comparisons/comparison-outcome.ts";
import type { ComparisonTally, ComparisonTask } from "../../../../bench/statistics/comparisons/comparison-tasks.ts";

const TASK: ComparisonTask = { runs: 3, hasCard: false, runners: "steady", change: 1, first: 0, comparisons: 100 };

function finished(more: Partial<ComparisonTask>, tally: ComparisonTally) {
  return { task: { ...TASK, ...more }, tally };
}

function share(hits: number, of = 100) {
  return { reports: of, sum: hits, squares: hits };
}

it("adds up the changes of a group and compares it with its limits", () => {
  const rows = comparisonRows([
    finished({}, { falseAlarm: share(6), coverage: share(95) }),
    finished({ change: 1.1 }, { falseAlarm: share(2), coverage: share(93) }),
    finished({ runners: "slow, not cancelled" }, { falseAlarm: share(8), coverage: share(88) }),
    finished({ runs: 1 }, { falseSuspect: share(30) }),
  ]);
  expect(rows.map(({ group, figure, rate, isMet }) => [group, figure, rate, isMet])).toEqual([
    ["3 + 3 runs, no card, steady", "falseAlarm", 0.04, true],
    ["3 + 3 runs, no card, steady", "coverage", 0.94, true],
    ["3 + 3 runs, no card, slow, not cancelled", "falseAlarm", 0.08, true],
    ["3 + 3 runs, no card, slow, not cancelled", "coverage", 0.88, true],
    ["1 + 1 runs, no card, steady", "falseSuspect", 0.3, true],
  ]);
});

it("fails with too many false regressions, too narrow intervals and too few found changes", () => {
  const rows = comparisonRows([
    finished({}, { falseAlarm: share(12), coverage: share(80) }),
    finished({ change: 1.2 }, { power: share(20) }),
  ]);
  expect(rows.map(({ figure, isMet }) => [figure, isMet])).toEqual([
    ["falseAlarm", false],
    ["coverage", false],
    ["power", false],
  ]);
});

it("prints the shares of found changes", () => {
  const table = powerTable([
    finished({ change: 1.1 }, { power: share(25) }),
    finished({ change: 1.2 }, { power: share(75) }),
    finished({ runs: 5, change: 1.2 }, { power: share(99) }),
  ]);
  expect(table.split("\n")).toEqual([
    "| changes found | 10.0 % | 20.0 % |",
    "| --- | --- | --- |",
    "| 3 + 3 runs, no card, steady | 25.0 % | 75.0 % |",
    "| 5 + 5 runs, no card, steady |  | 99.0 % |",
  ]);
});
