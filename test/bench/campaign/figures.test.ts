import { describe, expect, it } from "vitest";
import { equalFigures, rangeOf, slowedFigures } from "../../../bench/campaign/figures.ts";
import { simulateReport } from "../../../bench/statistics/simulated-report.ts";
import type { Comparison, Summary } from "../../../results/index.ts";

const EQUAL = simulateReport({
  ...{ seed: 1, plugins: 2, blocks: 8, shape: "normal", spread: 0.01, headlines: 2, questions: 2, shifts: null },
  effects: [
    [1, 1],
    [1, 1],
  ],
});
const [FIRST, SECOND] = EQUAL.comparisons.map(({ scenario, path, metric }) => `${scenario}/${path}/${metric}`) as [
  string,
  string,
];

/** Returns the summary with other facts of its headlines. */
function withPairs(summary: Summary, ...pairs: readonly Partial<Comparison>[]): Summary {
  return { ...summary, comparisons: summary.comparisons.map((each, i) => ({ ...each, ...pairs[i] })) };
}

describe("equalFigures", () => {
  it("counts runs with a false difference in any headline, never equal and undecided", () => {
    const runs = [
      EQUAL,
      withPairs(EQUAL, { verdict: "undecided" }),
      withPairs(EQUAL, { verdict: "better" }, { verdict: "worse" }),
      withPairs(EQUAL, { family: "exploratory", verdict: "worse" }),
    ];
    const { tally, headlines } = equalFigures(runs);
    expect(tally.headlineError).toMatchObject({ reports: 4, sum: 1 });
    expect(headlines.map(({ question, verdicts }) => [question, verdicts])).toEqual([
      [`quick/${FIRST}`, { better: 0, worse: 1, equal: 1, undecided: 1 }],
      [`quick/${SECOND}`, { better: 1, worse: 0, equal: 3, undecided: 0 }],
    ]);
  });

  it("counts intervals that do not contain 1", () => {
    const { tally } = equalFigures([withPairs(EQUAL, { ci95: [1.1, 1.2] }, { ci95: [0.9, 1.2] })]);
    expect(tally.coverage).toMatchObject({ reports: 1, sum: 0.5 });
  });
});

describe("slowedFigures", () => {
  const copy = { name: "sleep", change: "", target: FIRST, isRequired: true } as const;
  const slower: Partial<Comparison> = { a: "copy", b: "bridge", verdict: "worse", estimate: 1.5 };
  const original: Partial<Comparison> = { a: "bridge", b: "copy", verdict: "better", estimate: 0.5 };

  it("compares the copy with the original in either order", () => {
    const { headlines, isMissed } = slowedFigures(copy, "bridge", [
      withPairs(EQUAL, slower),
      withPairs(EQUAL, original),
    ]);
    expect(headlines[0]).toMatchObject({ verdicts: { worse: 2, better: 0 }, ratios: [1.5, 2] });
    expect(isMissed).toBe(false);
  });

  it("misses a required copy that no run finds in its target", () => {
    const inOther = withPairs(EQUAL, { verdict: "undecided" }, slower);
    expect(slowedFigures(copy, "bridge", [inOther]).isMissed).toBe(true);
    expect(slowedFigures(copy, "bridge", [withPairs(EQUAL, { ...slower, verdict: "better" })]).isMissed).toBe(true);
    expect(slowedFigures({ ...copy, isRequired: false }, "bridge", [inOther]).isMissed).toBe(false);
  });

  it("misses nothing that was not measured", () => {
    expect(slowedFigures(copy, "bridge", [])).toMatchObject({ runs: 0, isMissed: false, headlines: [] });
  });

  it("returns differences without a ratio", () => {
    const difference = withPairs(EQUAL, { ...original, scale: "difference", estimate: 2 });
    expect(slowedFigures(copy, "bridge", [difference]).headlines[0]?.ratios).toEqual([]);
  });
});

it("rangeOf returns the median between the minimum and the maximum", () => {
  expect(rangeOf([3, 1, 2])).toEqual([2, 1, 3]);
  expect(rangeOf([])).toBeNull();
});
