/** Compares the figures of the self-test with their limits, and prints them. */
import type { Task } from "./tasks.ts";
import { add, type Figure, type Mean, type Tally } from "./tally.ts";

export interface Finished {
  readonly task: Task;
  readonly tally: Tally;
}

/** A limit without the two standard errors that the measured rate may add. */
export interface Limit<F extends string = Figure> {
  readonly figure: F;
  readonly label: string;
  readonly bound: "at most" | "at least";
  readonly value: number;
}

/** The chance of any false difference in the headlines of a report. */
export const HEADLINE_LIMIT: Limit = {
  figure: "headlineError",
  label: "reports with a false difference in a headline",
  bound: "at most",
  value: 0.05,
};

const ERROR_LIMITS: readonly Limit[] = [
  HEADLINE_LIMIT,
  { figure: "singleHeadlineError", label: "the same, single headline", bound: "at most", value: 0.05 },
  { figure: "falseDiscovery", label: "selected exploratory questions that are false", bound: "at most", value: 0.1 },
  { figure: "falseAmongDecided", label: "exploratory differences that are false", bound: "at most", value: 0.1 },
  { figure: "coverage", label: "pairs inside their 95 % interval", bound: "at least", value: 0.95 },
  { figure: "falseEqual", label: "pairs at the limit of the band called equal", bound: "at most", value: 0.05 },
];

const POWER_LIMITS: Readonly<Record<Exclude<Task["kind"], "errors">, Limit>> = {
  "power 20 %": { figure: "power", label: "pairs found, one of 3 plugins 20 % lower", bound: "at least", value: 0.65 },
  "power 50 %": { figure: "power", label: "pairs found, one of 3 plugins 50 % lower", bound: "at least", value: 0.99 },
};

/** One figure of one group of reports. */
export interface Row extends Limit<string> {
  readonly group: string;
  readonly reports: number;
  readonly rate: number;
  readonly standardError: number;
  readonly isMet: boolean;
}

/** Returns the figures by number of plugins, by shape of the noise, and of the power simulations. */
export function rowsOf(finished: readonly Finished[]): Row[] {
  const errors = finished.filter(({ task }) => task.kind === "errors");
  const groups = [
    ...[...new Set(errors.map(({ task }) => task.plugins))].sort().map((plugins) => ({
      group: `${plugins} plugins`,
      members: errors.filter(({ task }) => task.plugins === plugins),
    })),
    ...[...new Set(errors.map(({ task }) => task.shape))]
      .sort()
      .map((shape) => ({ group: shape, members: errors.filter(({ task }) => task.shape === shape) })),
  ];
  const power = Object.entries(POWER_LIMITS).flatMap(([kind, limit]) =>
    rowOf(
      "6 blocks",
      limit,
      finished.filter(({ task }) => task.kind === kind),
    ),
  );
  return [
    ...groups.flatMap(({ group, members }) => ERROR_LIMITS.flatMap((limit) => rowOf(group, limit, members))),
    ...power,
  ];
}

function rowOf(group: string, limit: Limit, members: readonly Finished[]): Row[] {
  return assess(
    group,
    limit,
    members.reduce((sum: Tally, { tally }) => add(sum, tally), {}),
  );
}

/** Compares a figure of a group with its limit. @returns nothing if no report has the figure */
export function assess<F extends string>(group: string, limit: Limit<F>, tally: Tally<F>): Row[] {
  const mean: Mean | undefined = tally[limit.figure];
  if (mean === undefined) return [];
  const rate = mean.sum / mean.reports;
  const standardError = standardErrorOf(mean);
  const excess = limit.bound === "at most" ? rate - limit.value : limit.value - rate;
  return [{ ...limit, group, reports: mean.reports, rate, standardError, isMet: excess <= 2 * standardError }];
}

/** Reports are independent of each other; the pairs of a report are not. */
function standardErrorOf({ reports, sum, squares }: Mean): number {
  const mean = sum / reports;
  return Math.sqrt(Math.max(0, squares / reports - mean ** 2) / Math.max(1, reports - 1));
}

/** Returns the rows as a Markdown table. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ group, label, reports, rate, standardError, bound, value, isMet }) => [
    ...[group, label, String(reports), `${percent(rate)} ± ${percent(standardError)}`],
    `${bound} ${percent(value)}${isMet ? "" : ": EXCEEDED"}`,
  ]);
  const header = ["reports of", "share", "reports", "rate ± standard error", "limit (and two standard errors)"];
  return markdownTable(header, cells);
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
