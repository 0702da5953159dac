/** Counts what reports of plugins with known differences got right and wrong. */
import type { Comparison, Summary } from "../../results/index.ts";
import { COUNT_QUESTION, RATIO_QUESTIONS } from "./questions.ts";
import { pluginName, type ReportDesign } from "./simulated-report.ts";

/** A mean over reports, from sums that can be added. */
export interface Mean {
  readonly reports: number;
  readonly sum: number;
  readonly squares: number;
}

/** The shares that a report contributes; absent if it has no such case. */
export interface ReportShares {
  /** 1 if a headline has a false difference, else 0. */
  readonly headlineError: number;
  /** The same, if the report has a single headline, which is decided at a level of 5 %. */
  readonly singleHeadlineError?: number;
  /** Share of the selected exploratory questions that have a false difference. */
  readonly falseDiscovery: number;
  /** Share of the exploratory questions with a difference that have a false one. */
  readonly falseAmongDecided: number;
  /** Share of the pairs whose 95 % interval contains the true ratio or difference. */
  readonly coverage?: number;
  /** Share of the pairs that differ by exactly the equivalence band and are called equal. */
  readonly falseEqual?: number;
  /** Share of the different headline pairs whose difference is found. */
  readonly power?: number;
}

export type Figure = keyof ReportShares;
export type Tally<F extends string = Figure> = Readonly<Partial<Record<F, Mean>>>;

export function add<F extends string>(a: Tally<F>, b: Tally<F>): Tally<F> {
  const figures = [...new Set([...Object.keys(a), ...Object.keys(b)])] as F[];
  const sums = figures.map((figure) => [figure, addMeans(a[figure] ?? NONE, b[figure] ?? NONE)]);
  return Object.fromEntries(sums) as Tally<F>;
}

export function tallyOf<F extends string>(shares: Readonly<Partial<Record<F, number>>>): Tally<F> {
  const entries = Object.entries(shares) as [F, number][];
  const means = entries.map(([figure, sum]) => [figure, { reports: 1, sum, squares: sum ** 2 }]);
  return Object.fromEntries(means) as Tally<F>;
}

const NONE: Mean = { reports: 0, sum: 0, squares: 0 };

function addMeans(a: Mean, b: Mean): Mean {
  return { reports: a.reports + b.reports, sum: a.sum + b.sum, squares: a.squares + b.squares };
}

/** Rounding of a true ratio that lies on a bound. */
const ROUNDING = 1e-9;

/** Compares the verdicts of a simulated report with its design. */
export function judge(summary: Summary, design: ReportDesign): ReportShares {
  return judgeReport(summary, (comparison) => truthOf(comparison, design));
}

/** Compares the verdicts of a report with the truth. */
export function judgeReport(
  { comparisons, errorControl }: Summary,
  truthOfPair: (comparison: Comparison) => Truth,
): ReportShares {
  const pairs = comparisons.map((comparison) => judgePair(comparison, truthOfPair(comparison)));
  const falseQuestions = (family: Comparison["family"]): number =>
    new Set(pairs.filter((pair) => pair.family === family && pair.isFalseDifference).map(({ question }) => question))
      .size;
  const { selected, different } = errorControl.exploratory;
  const measured = pairs.flatMap(({ isCovered }) => (isCovered === null ? [] : [isCovered]));
  const atBand = pairs.filter(({ isAtBand }) => isAtBand);
  const headlines = pairs.filter(({ family, isDifferent }) => family === "headline" && isDifferent);
  return {
    headlineError: falseQuestions("headline") > 0 ? 1 : 0,
    ...(errorControl.headlines.planned === 1 && { singleHeadlineError: falseQuestions("headline") }),
    falseDiscovery: falseQuestions("exploratory") / Math.max(1, selected),
    falseAmongDecided: falseQuestions("exploratory") / Math.max(1, different),
    ...(measured.length > 0 && { coverage: share(measured) }),
    ...(atBand.length > 0 && { falseEqual: share(atBand.map(({ verdict }) => verdict === "equal")) }),
    ...(headlines.length > 0 && { power: share(headlines.map(({ isFound }) => isFound)) }),
  };
}

function share(hits: readonly boolean[]): number {
  return hits.filter(Boolean).length / hits.length;
}

/** The simulated truth about a pair. */
export interface Truth {
  /** The ratio or the difference, on the scale of the comparison; null: unknown. */
  readonly value: number | null;
  readonly isDifferent: boolean;
  /** Whether the plugins differ by exactly the equivalence band. Larger differences are called equal less often. */
  readonly isAtBand: boolean;
  /** The verdict of a difference that is found. */
  readonly verdict: "better" | "worse";
}

const RATIO_BAND = 1.05;
const COUNT_BAND = 10;

function truthOf({ scenario, path, metric, a, b, scale }: Comparison, design: ReportDesign): Truth {
  const index = RATIO_QUESTIONS.findIndex(
    (each) => each.scenario === scenario && each.path === path && each.metric === metric,
  );
  const effects = index === -1 ? (design.shifts ?? []) : (design.effects[index] ?? []);
  const [x, y] = [a, b].map((name) => effects.find((_, plugin) => pluginName(plugin) === name) as number) as [
    number,
    number,
  ];
  const isHigherBetter = ["throughput", "transactions"].includes(metric);
  const verdict = x > y === isHigherBetter ? "better" : "worse";
  if (metric !== COUNT_QUESTION.metric) {
    const isAtBand = Math.abs(Math.max(x / y, y / x) - RATIO_BAND) < ROUNDING;
    return { value: x / y, isDifferent: x !== y, isAtBand, verdict };
  }
  // The true ratio of counts is unknown, unless they are equal. Ratios are used if no count is 0.
  if (scale === "ratio") return { value: x === y ? 1 : null, isDifferent: x !== y, isAtBand: false, verdict };
  return { value: x - y, isDifferent: x !== y, isAtBand: Math.abs(x - y) === COUNT_BAND, verdict };
}

interface JudgedPair {
  readonly family: Comparison["family"];
  readonly question: string;
  readonly verdict: Comparison["verdict"];
  readonly isDifferent: boolean;
  readonly isAtBand: boolean;
  readonly isFound: boolean;
  readonly isFalseDifference: boolean;
  /** null if the pair has no interval or its true ratio is unknown. */
  readonly isCovered: boolean | null;
}

function judgePair({ scenario, path, metric, family, verdict, ci95 }: Comparison, truth: Truth): JudgedPair {
  const differs = verdict === "better" || verdict === "worse";
  const isFound = truth.isDifferent && verdict === truth.verdict;
  const { value, isDifferent, isAtBand } = truth;
  const tolerance = value === null ? 0 : Math.abs(value) * ROUNDING;
  return {
    ...{ family, verdict, isDifferent, isAtBand, isFound },
    question: [scenario, path, metric].join("/"),
    isFalseDifference: differs && !isFound,
    isCovered: ci95 === null || value === null ? null : ci95[0] <= value + tolerance && value - tolerance <= ci95[1],
  };
}
