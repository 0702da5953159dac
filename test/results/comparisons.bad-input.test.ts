/** Values that have no logarithm, no spread or no partner: every comparison is finite, and none is decided wrongly. */
import { expect, it } from "vitest";
import type { MeasuredCell } from "../../results/compare-question.ts";
import { compareAll } from "../../results/comparisons.ts";
import type { Comparison } from "../../results/summary.ts";
import { cellId } from "../../results/record.ts";

/** A value per block; null: the block was not measured. */
type Values = readonly (number | null)[];

function cell(plugin: string, values: Values): MeasuredCell {
  const key = { suite: "s", scenario: "x", plugin, cluster: "netns", path: "same-node", metric: "loss" } as const;
  const planned = { runner: "iperf3", unit: "1", better: "lower", repetitions: 1, duration: 1 } as const;
  return {
    planned: { ...key, ...planned, id: cellId(key), blocks: values.length },
    blocks: values.flatMap((value, index) =>
      value === null ? [] : [{ block: index + 1, session: 1, repetitions: [value], value }],
    ),
    busy: false,
  };
}

function compare(...plugins: Values[]): Comparison[] {
  const cells = plugins.map((values, index) => cell(`p${index}`, values));
  const bandOf = (_: unknown, scale: Comparison["scale"]): number => (scale === "ratio" ? 1.05 : 0.1);
  const { comparisons } = compareAll(cells, { seed: 1, headlines: [], bandOf });
  for (const { estimate, ci95, p, pAdjusted, detectable, level } of comparisons) {
    const numbers = [estimate, ...(ci95 ?? []), p, pAdjusted, detectable ?? 0, level];
    for (const number of numbers) expect(number).toSatisfy(Number.isFinite);
    expect(pAdjusted).toBeGreaterThanOrEqual(p);
  }
  return comparisons;
}

const verdicts = (...plugins: Values[]): string[] => compare(...plugins).map(({ verdict }) => verdict);
const nine = (value: number): number[] => Array.from({ length: 9 }, (_, index) => value + index / 100);

it("compares zeros and negative values by difference", () => {
  const [zero, negative] = [Array<number>(9).fill(0), nine(-5)];
  expect(compare(zero, nine(1))).toMatchObject([{ scale: "difference", verdict: "better" }]);
  expect(compare(negative, nine(1), zero).map(({ scale }) => scale)).toEqual(Array(3).fill("difference"));
  expect(verdicts(negative, nine(1), zero)).toEqual(["better", "better", "worse"]);
});

it("decides nothing from one block", () => {
  expect(compare([1], [100], [10_000])).toMatchObject(
    Array(3).fill({ verdict: "undecided", n: 1, p: 1, pAdjusted: 1, ci95: null, detectable: null, blocksNeeded: null }),
  );
});

it("calls plugins equal if all values are equal, and decides nothing without a band", () => {
  const same = Array<number>(9).fill(7);
  expect(verdicts(same, same, same)).toEqual(["equal", "equal", "equal"]);
  const cells = [cell("p0", same), cell("p1", same)];
  const { comparisons } = compareAll(cells, { seed: 1, headlines: [], bandOf: () => null });
  expect(comparisons).toMatchObject([{ verdict: "undecided", p: 1 }]);
});

it("finds a constant difference without spread", () => {
  const constant = (value: number): number[] => Array<number>(9).fill(value);
  expect(verdicts(constant(1), constant(2), constant(2))).toEqual(["better", "better", "equal"]);
});

it("uses the blocks that both have if cells are missing", () => {
  const some = nine(1).map((value, index) => (index < 3 ? null : value));
  const others = nine(2).map((value, index) => (index > 5 ? null : value));
  const found = compare(nine(4), some, others);
  expect(found.map(({ n, verdict }) => [n, verdict])).toEqual([
    [9 - 3, "worse"],
    [9 - 3, "worse"],
    [3, "undecided"],
  ]);
  expect(compare(nine(1), Array<null>(9).fill(null))).toEqual([]);
});
