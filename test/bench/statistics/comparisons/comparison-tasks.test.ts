import { expect, it } from "vitest";
import {
  comparisonTasksOf,
  runComparisonTask,
  type ComparisonTask,
} from "../../../../bench/statistics/comparisons/comparison-tasks.ts";

const TASK: ComparisonTask = { runs: 2, hasCard: true, runners: "steady", change: 4, first: 0, comparisons: 8 };

it("finds a fourfold change, and little else", () => {
  const { power, falseAlarm, coverage } = runComparisonTask(TASK, 1);
  expect(power).toMatchObject({ reports: 8, sum: 8 });
  // By chance, one of twenty is false.
  expect(falseAlarm?.sum).toBeLessThan(2);
  expect((coverage?.sum ?? 0) / 8).toBeGreaterThan(0.8);
});

it("suspects single runs of unknown variation, and judges none of them", () => {
  const tally = runComparisonTask({ ...TASK, runs: 1, hasCard: false, change: 1, comparisons: 30 }, 1);
  expect(tally.falseSuspect?.sum).toBeGreaterThan(0);
  expect(tally.falseAlarm?.sum).toBe(0);
  expect(tally.power).toBeUndefined();
});

it("repeats a comparison by its number and seed", () => {
  const runners = "slow, not cancelled";
  const all = runComparisonTask({ ...TASK, runners, comparisons: 6 }, 3);
  const parts = [0, 3].map((first) => runComparisonTask({ ...TASK, runners, first, comparisons: 3 }, 3));
  const coverage = parts.reduce((sum, part) => sum + (part.coverage?.sum ?? 0), 0);
  expect(all.coverage?.sum).toBeCloseTo(coverage, 10);
  expect(runComparisonTask({ ...TASK, runners, comparisons: 6 }, 5)).not.toEqual(all);
});

it("splits the work without gaps, and cuts most of it", () => {
  const tasks = comparisonTasksOf(false);
  const kinds = tasks.map(({ runs, hasCard, runners, change }) => [runs, hasCard, runners, change].join());
  expect(new Set(kinds).size).toBe(120);
  const cut = comparisonTasksOf(true);
  const sum = (of: readonly ComparisonTask[]): number => of.reduce((total, { comparisons }) => total + comparisons, 0);
  expect(sum(cut)).toBeLessThan(sum(tasks) / 20);
  expect(cut.some(({ change }) => change === 1)).toBe(true);
});
