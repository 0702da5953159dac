import { describe, expect, it } from "vitest";
import { randomDesign, simulateReport, type ReportDesign } from "../../../bench/statistics/simulated-report.ts";
import { add, judge, tallyOf } from "../../../bench/statistics/tally.ts";
import type { Comparison, Summary } from "../../../results/summary.ts";

/** Two plugins, two questions (the first one is a headline), little noise. */
const DESIGN: ReportDesign = {
  ...{ seed: 1, plugins: 2, blocks: 8, shape: "normal", spread: 0.01, headlines: 1, questions: 2, shifts: null },
  effects: [
    [1.5, 1],
    [1, 1],
  ],
};

function withVerdicts(summary: Summary, verdicts: readonly Comparison["verdict"][]): Summary {
  return {
    ...summary,
    comparisons: summary.comparisons.map((each, index) => ({ ...each, verdict: verdicts[index] ?? each.verdict })),
  };
}

describe("judge", () => {
  const summary = simulateReport(DESIGN);

  it("finds no error in a correct report", () => {
    expect(summary.comparisons.map(({ family, verdict }) => [family, verdict])).toEqual([
      ["headline", "better"],
      ["exploratory", "equal"],
    ]);
    expect(judge(summary, DESIGN)).toMatchObject({ headlineError: 0, falseDiscovery: 0, coverage: 1, power: 1 });
  });

  it("counts a difference of equal plugins, and one in the wrong direction", () => {
    expect(judge(withVerdicts(summary, ["worse", "equal"]), DESIGN)).toMatchObject({ headlineError: 1, power: 0 });
    expect(judge(withVerdicts(summary, ["better", "worse"]), DESIGN)).toMatchObject({ falseDiscovery: 1 });
    const equal = {
      ...DESIGN,
      effects: [
        [1, 1],
        [1, 1],
      ],
    };
    expect(judge(summary, equal)).toMatchObject({ headlineError: 1, singleHeadlineError: 1 });
  });

  it("counts plugins that differ by the band and are called equal, and ratios outside the interval", () => {
    const atBand = {
      ...DESIGN,
      effects: [
        [1.5, 1],
        [1.05, 1],
      ],
    };
    expect(judge(summary, atBand)).toMatchObject({ falseEqual: 1, coverage: 0.5 });
    expect(judge(withVerdicts(summary, ["better", "undecided"]), atBand)).toMatchObject({ falseEqual: 0 });
  });

  it("compares counts by difference, with the band of the metric", () => {
    const counts: ReportDesign = { ...DESIGN, questions: 0, effects: [], headlines: 0, shifts: [10, 0] };
    const [comparison] = simulateReport(counts).comparisons;
    expect(comparison).toMatchObject({ metric: "retransmits", scale: "difference", verdict: "worse" });
    const report = simulateReport(counts);
    expect(judge(report, counts)).toMatchObject({ coverage: 1, falseEqual: 0 });
    expect(judge(withVerdicts(report, ["equal"]), counts)).toMatchObject({ falseEqual: 1 });
  });
});

describe("randomDesign", () => {
  it("returns the same design and the same report for the same seed", () => {
    const design = randomDesign(7, 2, "all");
    expect(randomDesign(7, 2, "all")).toEqual(design);
    expect(simulateReport(design)).toEqual(simulateReport(design));
  });
});

describe("add", () => {
  it("adds the reports that have a figure", () => {
    const both = add(tallyOf({ headlineError: 1, falseDiscovery: 0, falseAmongDecided: 0, power: 0.5 }), {
      power: { reports: 1, sum: 1, squares: 1 },
    });
    expect(both).toMatchObject({
      headlineError: { reports: 1, sum: 1 },
      power: { reports: 2, sum: 1.5, squares: 1.25 },
    });
  });
});
