import { describe, expect, it } from "vitest";
import type { MeasuredCell } from "../../results/compare-question.ts";
import { blocksForHeadlines, compareAll, type ComparisonRules } from "../../results/comparisons.ts";
import type { Comparison } from "../../results/summary.ts";
import { seededRandom } from "../../results/random.ts";
import type { Random } from "../../results/random.ts";
import { cellId } from "../../results/record.ts";
import type { Better } from "../../core/metric.ts";
import { gaussian } from "../helpers/sample-run.ts";

function cell(
  plugin: string,
  values: readonly number[],
  better: Better = "higher",
  metric = "throughput",
): MeasuredCell {
  const key = { suite: "s", scenario: "tcp", plugin, cluster: "netns", path: "cross-node", metric } as const;
  return {
    planned: {
      ...key,
      id: cellId(key),
      runner: "iperf3",
      unit: "bit/s",
      better,
      repetitions: 1,
      blocks: values.length,
      duration: 1,
    },
    blocks: values.map((value, index) => ({ block: index + 1, session: 1, repetitions: [value], value })),
    busy: false,
  };
}

/** Simulates blocks with a common drift of 10 % and independent noise for each plugin. */
function simulate(factors: readonly number[], n: number, noise: number, random: Random): MeasuredCell[] {
  const drift = Array.from({ length: n }, () => 1 + 0.1 * gaussian(random));
  return factors.map((factor, index) =>
    cell(
      `plugin${index}`,
      drift.map((d) => 1e10 * d * factor * (1 + noise * gaussian(random))),
    ),
  );
}

const RULES: ComparisonRules = { seed: 1, headlines: [], bandOf: (_, scale) => (scale === "ratio" ? 1.05 : null) };
const QUESTION = "s/tcp/cross-node/throughput";

function compare(cells: readonly MeasuredCell[], rules: Partial<ComparisonRules> = {}): Comparison[] {
  return compareAll(cells, { ...RULES, ...rules }).comparisons;
}

const ten = (value: number) => Array.from({ length: 10 }, (_, index) => value + index / 1000);

it.each([
  [1, 2, 6],
  [3, 3, 7],
  [4, 8, 8],
  // Beyond 8 plugins, Holm's correction multiplies the p-values by the number of pairs.
  [1, 9, 11],
  [4, 9, 13],
  // Random arrangements have no p-value below 1/10,000.
  [501, 3, 51],
  [4, 1, 1],
  [0, 3, 6],
])("%i headlines about %i plugins need %i blocks", (headlines, plugins, blocks) => {
  expect(blocksForHeadlines(headlines, plugins)).toBe(blocks);
});

describe("the statistical method", () => {
  it("detects a slowdown of 8 % with noise of 1 % and ten blocks, and returns its interval", () => {
    const random = seededRandom(7);
    let [found, covered] = [0, 0];
    for (let i = 0; i < 100; i++) {
      const [first] = compare(simulate([1, 0.92], 10, 0.01, random));
      if (first?.verdict === "better") found++;
      const [low, high] = first?.ci95 ?? [NaN, NaN];
      if (low <= 1 / 0.92 && high >= 1 / 0.92) covered++;
    }
    expect(found).toBe(100);
    expect(covered).toBeGreaterThan(88);
  });

  it("calls equal plugins equal if the noise is small, and undecided if it is not", () => {
    const verdict = (noise: number) => compare(simulate([1, 1], 10, noise, seededRandom(3)))[0]?.verdict;
    expect(verdict(0.01)).toBe("equal");
    expect(verdict(0.2)).toBe("undecided");
  });
});

describe("compareAll", () => {
  it("respects the direction of the metric", () => {
    const verdict = (better: Better) => compare([cell("a", ten(2), better), cell("b", ten(1), better)])[0]?.verdict;
    expect(verdict("higher")).toBe("better");
    expect(verdict("lower")).toBe("worse");
    expect(verdict("none")).toBeUndefined();
  });

  it("ranks three plugins with six blocks", () => {
    const six = (value: number) => ten(value).slice(0, 6);
    const three = compare([cell("a", six(3)), cell("b", six(2)), cell("c", six(1))]);
    expect(three.map(({ verdict }) => verdict)).toEqual(["better", "better", "better"]);
    expect(three[0]).toMatchObject({ family: "exploratory", n: 6, p: 0.03125, pAdjusted: 0.03125, level: 0.05 });
  });

  it("divides the error rate among the headlines, measured or not", () => {
    const cells = [cell("a", ten(2)), cell("b", ten(1))];
    const { comparisons, errorControl } = compareAll(cells, { ...RULES, headlines: [QUESTION, "s/rr/cross-node/x"] });
    expect(comparisons).toMatchObject([{ family: "headline", level: 0.025, verdict: "better" }]);
    expect(errorControl).toMatchObject({
      headlines: { planned: 2, compared: 1 },
      exploratory: { questions: 0, selected: 0 },
    });
  });

  it("decides exploratory questions at the level of their selection", () => {
    const random = seededRandom(5);
    const noise = (metric: string): MeasuredCell[] =>
      simulate([1, 1], 10, 0.2, random).map((each) => ({ ...each, planned: { ...each.planned, metric } }));
    const cells = [cell("a", ten(2)), cell("b", ten(1)), ...["cpu", "transactions", "connects"].flatMap(noise)];
    const { comparisons, errorControl } = compareAll(cells, RULES);
    expect(comparisons.map(({ verdict }) => verdict)).toEqual(["better", "undecided", "undecided", "undecided"]);
    for (const { level } of comparisons) expect(level).toBeCloseTo(0.1 / 4);
    expect(errorControl.exploratory).toMatchObject({ questions: 4, selected: 1, different: 1 });
  });

  it("reports what an undecided pair would have needed", () => {
    const [comparison] = compare(simulate([1, 1], 8, 0.2, seededRandom(3)), { headlines: [QUESTION] });
    expect(comparison?.verdict).toBe("undecided");
    expect(comparison?.detectable).toBeGreaterThan(1.15);
    expect(comparison?.detectable).toBeLessThan(1.6);
    expect(comparison?.blocksNeeded).toBeGreaterThan(100);
  });

  it("decides nothing on a busy machine", () => {
    const [comparison] = compare([{ ...cell("a", ten(2)), busy: true }, cell("b", ten(1))]);
    expect(comparison).toMatchObject({ verdict: "undecided", reason: "busy machine" });
  });

  it("does not raise the level of other questions by those of a busy machine", () => {
    const question = (metric: string, differences: readonly number[], busy = false): MeasuredCell[] => [
      {
        ...cell(
          "a",
          differences.map((difference) => Math.exp(difference / 100)),
          "higher",
          metric,
        ),
        busy,
      },
      {
        ...cell("b", ten(1), "higher", metric),
        blocks: cell(
          "b",
          differences.map(() => 1),
        ).blocks,
      },
    ];
    // p = 0.037, p = 1 and p = 0.002.
    const open = [10, 11, 12, 13, 14, 15, -16, 17, 18, 19];
    const equal = [10, -11, -12, 13, 14, -15, -16, 17, -18, 19];
    const different = open.map(Math.abs);
    const others = (busy: boolean) => [1, 2, 3, 4, 5, 6, 7, 8].flatMap((i) => question(`busy${i}`, different, busy));
    const cells = [...question("open", open), ...[1, 2, 3].flatMap((i) => question(`equal${i}`, equal))];
    const verdictOf = (busy: boolean) => compare([...cells, ...others(busy)]).map(({ verdict }) => verdict);
    expect(verdictOf(false).slice(0, 5)).toEqual(["better", "undecided", "undecided", "undecided", "better"]);
    expect(new Set(verdictOf(true))).toEqual(new Set(["undecided"]));
    const { exploratory } = compareAll([...cells, ...others(true)], RULES).errorControl;
    expect(exploratory).toMatchObject({ questions: 12, selected: 0, different: 0 });
  });

  it("decides the pairs without the plugin during which the machine was busy", () => {
    const verdicts = compare([cell("a", ten(2)), cell("b", ten(1)), { ...cell("c", ten(3)), busy: true }]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["better", "undecided", "undecided"]);
  });

  it("pairs only blocks that both plugins have, of one session", () => {
    const a = cell("a", ten(2));
    const b = cell("b", ten(1));
    const [comparison] = compare([
      { ...a, blocks: a.blocks.slice(0, 8) },
      { ...b, blocks: b.blocks.slice(1) },
    ]);
    expect(comparison?.n).toBe(7);
    expect(compare([a, { ...b, blocks: b.blocks.map((block) => ({ ...block, session: 2 })) }])).toEqual([]);
    expect(compare([a, { ...b, blocks: b.blocks.map((block) => ({ ...block, session: null })) }])).toEqual([]);
  });

  it("compares counts of zero by difference, with the band of the metric", () => {
    const zeros = Array(10).fill(0) as number[];
    const [comparison] = compare([cell("a", zeros, "lower"), cell("b", ten(5), "lower")]);
    expect(comparison).toMatchObject({ verdict: "better", scale: "difference" });
    const both = [cell("a", zeros), cell("b", zeros)];
    expect(compare(both)).toMatchObject([{ verdict: "undecided", p: 1 }]);
    expect(compare(both, { bandOf: () => 1 })).toMatchObject([{ verdict: "equal", p: 1 }]);
  });

  it("is exact if plugins are missing in a block", () => {
    const values = (value: number, n: number): number[] => Array.from({ length: n }, () => value);
    const { comparisons } = compareAll(
      [cell("a", values(1, 6)), cell("b", values(10, 6)), cell("c", values(11, 5))],
      RULES,
    );
    expect(comparisons).toHaveLength(3);
    for (const { pAdjusted } of comparisons) expect(pAdjusted).toBeGreaterThanOrEqual(1 / 32);
  });

  it("keeps the p-values of stored runs up to 5 %", () => {
    const cells = simulate([1, 1.06, 1.12, 1.18, 1.24], 12, 0.06, seededRandom(2));
    const adjusted = compare(cells).map(({ pAdjusted }) => pAdjusted);
    const exact = [0.0071, 0.001, 1 / 2048, 1 / 2048, 0.0047, 1 / 1024, 1 / 1024, 0.0341796875, 0.0245];
    expect(adjusted.slice(0, 9)).toEqual(exact);
    expect(adjusted[9]).toBeGreaterThan(0.05);
  });

  it("returns the same p-values for the same seed", () => {
    const cells = simulate([1, 1, 1, 1], 9, 0.1, seededRandom(2));
    expect(compare(cells)).toEqual(compare(cells));
    expect(compare(cells).map(({ pAdjusted }) => pAdjusted)).not.toEqual(
      compare(cells, { seed: 2 }).map(({ pAdjusted }) => pAdjusted),
    );
  });
});
