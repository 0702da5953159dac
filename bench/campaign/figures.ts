/** Counts the verdicts of the runs of a campaign. Pure. */
import { groupBy } from "../../core/group.ts";
import { median, questionId, type Comparison, type Summary } from "../../results/index.ts";
import { add, judgeReport, tallyOf, type Tally, type Truth } from "../statistics/tally.ts";
import type { CopyName, SlowedCopy } from "./copies.ts";

type Verdict = Comparison["verdict"];

/** The comparisons of one headline in several runs. */
export interface HeadlineFigures {
  /** suite/scenario/path/metric */
  readonly question: string;
  /** Number of runs by verdict of the second plugin compared with the first. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Estimated ratio of the second plugin to the first in each run. */
  readonly ratios: readonly number[];
}

/** The runs of the same plugin under two names. */
export interface EqualFigures {
  readonly runs: number;
  readonly tally: Tally;
  readonly headlines: readonly HeadlineFigures[];
}

/** The runs of a slowed copy against the original. */
export interface SlowedFigures {
  readonly copy: CopyName;
  readonly change: string;
  /** The headline that the change is about, as `scenario/path/metric`. */
  readonly target: string;
  readonly runs: number;
  readonly headlines: readonly HeadlineFigures[];
  /** Whether the copy had to be found in its target and was found in no run. */
  readonly isMissed: boolean;
}

/** Every verdict `better` or `worse` is false. `equal` is never false, because no pair differs. */
const EQUAL: Omit<Truth, "value"> = { isDifferent: false, isAtBand: false, verdict: "better" };

export function equalFigures(summaries: readonly Summary[]): EqualFigures {
  const truth = ({ scale }: Comparison): Truth => ({ ...EQUAL, value: scale === "ratio" ? 1 : 0 });
  return {
    runs: summaries.length,
    tally: summaries.map((summary) => tallyOf(judgeReport(summary, truth))).reduce(add, {}),
    headlines: headlineFigures(summaries, null),
  };
}

/** @param original name of the unmodified plugin */
export function slowedFigures(
  { name, change, target, isRequired }: Omit<SlowedCopy, "plugin">,
  original: string,
  summaries: readonly Summary[],
): SlowedFigures {
  const headlines = headlineFigures(summaries, original);
  const isFound = headlines.some(({ question, verdicts }) => isTarget(question, target) && verdicts.worse > 0);
  const isMissed = isRequired && summaries.length > 0 && !isFound;
  return { copy: name, change, target, runs: summaries.length, headlines, isMissed };
}

/** Reports whether a question, with its suite, is the target. */
export function isTarget(question: string, target: string): boolean {
  return question.endsWith(`/${target}`);
}

/** @param first the plugin that the other one is compared with; null: the first of each pair */
function headlineFigures(summaries: readonly Summary[], first: string | null): HeadlineFigures[] {
  const pairs = summaries
    .flatMap(({ comparisons }) => comparisons)
    .filter(({ family }) => family === "headline")
    .map((pair) => (pair.b === first ? pair : swapped(pair)));
  return [...groupBy(pairs, questionId)].map(([question, ofQuestion]) => ({
    question,
    verdicts: countVerdicts(ofQuestion),
    ratios: ofQuestion.flatMap(({ scale, estimate }) => (scale === "ratio" ? [estimate] : [])),
  }));
}

const OPPOSITE: Readonly<Record<Verdict, Verdict>> = {
  better: "worse",
  worse: "better",
  equal: "equal",
  undecided: "undecided",
};

/** Returns the comparison of the second plugin with the first. */
function swapped(pair: Comparison): Comparison {
  const { a, b, verdict, scale, estimate } = pair;
  return {
    ...pair,
    ...{ a: b, b: a, verdict: OPPOSITE[verdict] },
    estimate: scale === "ratio" ? 1 / estimate : -estimate,
  };
}

function countVerdicts(pairs: readonly Comparison[]): Record<Verdict, number> {
  const count = (verdict: Verdict): number => pairs.filter((pair) => pair.verdict === verdict).length;
  return { better: count("better"), worse: count("worse"), equal: count("equal"), undecided: count("undecided") };
}

/** Returns the median, minimum and maximum; null without a value. */
export function rangeOf(ratios: readonly number[]): readonly [median: number, min: number, max: number] | null {
  return ratios.length === 0 ? null : [median(ratios), Math.min(...ratios), Math.max(...ratios)];
}
