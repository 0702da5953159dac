/** Compares the figures of the self-test of comparisons with their limits. */
import { groupBy } from "../../../core/group.ts";
import { assess, markdownTable, percent, type Limit, type Row } from "../outcome.ts";
import { add } from "../tally.ts";
import type { ComparisonFigure, ComparisonTally, ComparisonTask } from "./comparison-tasks.ts";

export interface FinishedComparisons {
  readonly task: ComparisonTask;
  readonly tally: ComparisonTally;
}

/** Half of the false differences of headlines, of which there are at most 5 %, are regressions. */
const FALSE_ALARM: Limit<ComparisonFigure> = {
  figure: "falseAlarm",
  label: "comparisons with a false regression in a headline",
  bound: "at most",
  value: 0.025,
};

const COVERAGE: Limit<ComparisonFigure> = {
  figure: "coverage",
  label: "cells inside their 95 % interval",
  bound: "at least",
  value: 0.95,
};

/** A run on a slow runner that its reference does not show looks like a slower plugin. */
const LIMITS_OF_SLOW: readonly Limit<ComparisonFigure>[] = [
  { ...FALSE_ALARM, value: 0.05 },
  { ...COVERAGE, value: 0.9 },
];

/** Nothing is promised about such runs, which cannot fail a build. */
const SUSPECT: Limit<ComparisonFigure> = {
  figure: "falseSuspect",
  label: "comparisons with a false suspect, variation unknown",
  bound: "at most",
  value: 0.3,
};

function limitsOf({ runs, hasCard, runners }: Kind): readonly Limit<ComparisonFigure>[] {
  if (runs === 1 && !hasCard) return [SUSPECT];
  return runners === "slow, not cancelled" ? LIMITS_OF_SLOW : [FALSE_ALARM, COVERAGE];
}

type Kind = Pick<ComparisonTask, "runs" | "hasCard" | "runners">;

/** The smallest share of changes of 20 % that three runs per side find on steady runners. */
const POWER: Limit<ComparisonFigure> = {
  figure: "power",
  label: "changes of 20 % found by 3 runs per side",
  bound: "at least",
  value: 0.5,
};

/** Returns the figures by number of runs, noise card and runners, and the power. */
export function comparisonRows(finished: readonly FinishedComparisons[]): Row[] {
  const rows = [...groupBy(finished, ({ task }) => groupOf(task))].flatMap(([group, members]) => {
    const [{ task }] = members as [FinishedComparisons, ...FinishedComparisons[]];
    return limitsOf(task).flatMap((limit) => assess(group, limit, sumOf(members)));
  });
  const powerful = finished.filter(({ task }) => task.runs === 3 && task.change === 1.2 && task.runners === "steady");
  return [...rows, ...assess("steady", POWER, sumOf(powerful))];
}

function groupOf({ runs, hasCard, runners }: Kind): string {
  return `${runs} + ${runs} runs, ${hasCard ? "noise card" : "no card"}, ${runners}`;
}

function sumOf(members: readonly FinishedComparisons[]): ComparisonTally {
  return members.reduce((sum: ComparisonTally, { tally }) => add(sum, tally), {});
}

/** Returns the shares of changes that were found on steady runners, as a Markdown table. */
export function powerTable(finished: readonly FinishedComparisons[]): string {
  const steady = finished.filter(({ task }) => task.runners === "steady");
  const changes = [...new Set(steady.map(({ task }) => task.change))].filter((change) => change !== 1);
  const rows = [...groupBy(steady, ({ task }) => groupOf(task))].map(([group, members]) => [
    group,
    ...changes.map((change) => {
      const { power } = sumOf(members.filter(({ task }) => task.change === change));
      return power === undefined ? "" : percent(power.sum / power.reports);
    }),
  ]);
  return markdownTable(["changes found", ...changes.map((change) => percent(change - 1))], rows);
}
