import { describe, expect, it } from "vitest";
import { compareAll } from "../../results/comparisons.ts";
import type { MeasuredCell } from "../../results/comparisons.ts";
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

const ten = (value: number) => Array.from({ length: 10 }, (_, index) => value + index / 1000);

describe("the statistical method", () => {
  it("ranks equal plugins in at most 5 % of questions", () => {
    const random = seededRandom(2024);
    const questions = 1500;
    let wrong = 0;
    for (let i = 0; i < questions; i++) {
      if (compareAll(simulate([1, 1, 1], 10, 0.03, random)).some(({ verdict }) => verdict !== "indistinguishable"))
        wrong++;
    }
    // The family-wise rate is at most 5 %; two standard errors of 1500 questions are 1.1 %.
    expect(wrong / questions).toBeLessThan(0.061);
  });

  it("detects a slowdown of 5 % with noise of 1 % and ten blocks", () => {
    const random = seededRandom(7);
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const [first] = compareAll(simulate([1, 0.95], 10, 0.01, random));
      if (first?.verdict === "better") found++;
    }
    expect(found / 300).toBeGreaterThan(0.99);
  });

  it("returns a confidence interval that contains the true ratio", () => {
    const [comparison] = compareAll(simulate([1, 0.95], 12, 0.01, seededRandom(9)));
    const [low, high] = comparison?.ratio?.ci95 ?? [NaN, NaN];
    expect(low).toBeLessThan(1 / 0.95);
    expect(high).toBeGreaterThan(1 / 0.95);
  });
});

describe("compareAll", () => {
  it("respects the direction of the metric", () => {
    const verdict = (better: Better) => compareAll([cell("a", ten(2), better), cell("b", ten(1), better)])[0]?.verdict;
    expect(verdict("higher")).toBe("better");
    expect(verdict("lower")).toBe("worse");
    expect(verdict("none")).toBeUndefined();
  });

  it("returns insufficient and the required blocks if no outcome could be significant", () => {
    const six = (value: number) => ten(value).slice(0, 6);
    const three = compareAll([cell("a", six(3)), cell("b", six(2)), cell("c", six(1))]);
    expect(three.map(({ verdict, blocksNeeded }) => [verdict, blocksNeeded])).toEqual(
      Array(3).fill(["insufficient", 7]),
    );
    const [two] = compareAll([cell("a", six(3)), cell("b", six(2))]);
    expect(two).toMatchObject({ verdict: "better", blocksNeeded: null, n: 6, p: 0.03125, pHolm: 0.03125 });
  });

  it("corrects within a question, not across questions", () => {
    const cells = ["throughput", "cpu"].flatMap((metric) => [
      cell("a", ten(2), "higher", metric),
      cell("b", ten(1), "higher", metric),
    ]);
    for (const { p, pHolm } of compareAll(cells)) expect(pHolm).toBe(p);
  });

  it("pairs only blocks that both plugins have", () => {
    const a = cell("a", ten(2));
    const b = cell("b", ten(1));
    const [comparison] = compareAll([
      { ...a, blocks: a.blocks.slice(0, 8) },
      { ...b, blocks: b.blocks.slice(1) },
    ]);
    expect(comparison?.n).toBe(7);
    expect(
      compareAll([
        { ...a, blocks: a.blocks.slice(0, 5) },
        { ...b, blocks: b.blocks.slice(5) },
      ]),
    ).toEqual([]);
  });

  it("compares counts of zero by difference, without a ratio", () => {
    const [comparison] = compareAll([cell("a", Array(10).fill(0) as number[], "lower"), cell("b", ten(5), "lower")]);
    expect(comparison).toMatchObject({ verdict: "better", ratio: null });
    const [equal] = compareAll([cell("a", Array(10).fill(0) as number[]), cell("b", Array(10).fill(0) as number[])]);
    expect(equal).toMatchObject({ verdict: "indistinguishable", p: 1 });
  });
});
