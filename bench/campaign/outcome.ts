/** Prints the figures of a campaign and compares them with their limits. */
import { assess, HEADLINE_LIMIT, markdownTable, percent, toTable, type Row } from "../statistics/outcome.ts";
import { isTarget, rangeOf, type EqualFigures, type HeadlineFigures, type SlowedFigures } from "./figures.ts";

/** The result of a campaign, which is also its JSON summary. */
export interface Outcome {
  /** The rate of runs of equal plugins with a false difference; empty without such a run. */
  readonly rates: readonly Row[];
  readonly equal: EqualFigures;
  readonly slowed: readonly SlowedFigures[];
  readonly isMet: boolean;
}

export function outcomeOf(equal: EqualFigures, slowed: readonly SlowedFigures[]): Outcome {
  const rates = assess("equal plugins", HEADLINE_LIMIT, equal.tally);
  const isMet = rates.every((rate) => rate.isMet) && slowed.every(({ isMissed }) => !isMissed);
  return { rates, equal, slowed, isMet };
}

/** Returns the figures as Markdown. */
export function toMarkdown({ rates, equal, slowed }: Outcome): string {
  const header = ["headline", "runs", "equal", "undecided", "better", "worse", "ratio: median (range)"];
  const rows = equal.headlines.map((figures) => [figures.question, ...headlineCells(figures)]);
  const copies = slowed.filter(({ runs }) => runs > 0);
  const sections = [
    [`## Equal plugins: ${equal.runs} runs`, toTable(rates), markdownTable(header, rows), coverageOf(equal)],
    ["## Slowed copies", ...(copies.length === 0 ? ["no runs"] : [slowedTable(header, copies)])],
  ];
  return sections.map((section) => section.join("\n\n")).join("\n\n");
}

/** Marks the headline that the change is about. */
function slowedTable(header: readonly string[], copies: readonly SlowedFigures[]): string {
  const rows = copies.flatMap(({ change, target, headlines, isMissed }) =>
    headlines.map((figures) => {
      const mark = !isTarget(figures.question, target) ? "" : isMissed ? " (target): NOT FOUND" : " (target)";
      return [change, `${figures.question}${mark}`, ...headlineCells(figures)];
    }),
  );
  return markdownTable(["copy", ...header], rows);
}

function headlineCells({ verdicts, ratios }: HeadlineFigures): string[] {
  const { equal, undecided, better, worse } = verdicts;
  const counts = [equal + undecided + better + worse, equal, undecided, better, worse].map(String);
  const range = rangeOf(ratios)?.map((ratio) => ratio.toFixed(3));
  return [...counts, range === undefined ? "-" : `${range[0]} (${range[1]} to ${range[2]})`];
}

/** Describes figures of all questions, which have no limit here: the questions of a run depend on each other. */
function coverageOf({ tally: { coverage, falseDiscovery } }: EqualFigures): string {
  const shares = [
    ...(coverage === undefined ? [] : [`${percent(coverage.sum / coverage.reports)} of all 95 % intervals contain 1`]),
    ...(falseDiscovery === undefined
      ? []
      : [`${percent(falseDiscovery.sum / falseDiscovery.reports)} of the selected exploratory questions are false`]),
  ];
  return shares.length === 0 ? "no comparisons" : `All questions: ${shares.join(", ")}.`;
}
