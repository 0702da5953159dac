import { describe, expect, it } from "vitest";
import { distributionOf, quantile, QUANTILE_LEVELS } from "../../results/quantiles.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const reversed = (count: number): number[] => upTo(count).reverse();

describe("distributionOf", () => {
  it("has the quantiles that its samples resolve, by nearest rank", () => {
    const { levels, values, samples } = distributionOf("latency", "s", reversed(100));
    expect(samples).toBe(100);
    expect(levels).toEqual(QUANTILE_LEVELS.filter((level) => level <= 0.99 || level === 1));
    expect(values).toEqual(levels.map((level) => Math.max(1, Math.round(100 * level))));
  });

  it("contains each of at most 20 samples", () => {
    for (let count = 1; count <= 20; count++)
      expect([...new Set(distributionOf("add-time", "s", reversed(count)).values)]).toEqual(upTo(count));
  });

  it("has at most 100 ascending levels, and rounds values", () => {
    const { levels, values } = distributionOf(
      "latency",
      "s",
      upTo(20_000).map((sample) => sample / 3),
    );
    expect(levels).toEqual(QUANTILE_LEVELS);
    expect(levels.length).toBeLessThanOrEqual(100);
    expect(levels).toEqual([...new Set(levels)].sort((a, b) => a - b));
    expect(values[0]).toBe(0.333333);
  });

  it("does not exist without samples, or with one that JSON cannot store", () => {
    for (const samples of [[], [1, NaN, 2], [1, Infinity]])
      expect(() => distributionOf("latency", "s", samples)).toThrow(RangeError);
  });
});

it("a quantile is one of the samples", () => {
  expect([0.01, 0.2, 0.21, 0.5, 0.9, 1].map((share) => quantile(upTo(5), share))).toEqual([1, 1, 2, 3, 5, 5]);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

it("a quantile is not the next sample because of a rounding error", () => {
  expect(0.55 * 100).toBeGreaterThan(55);
  expect(quantile(upTo(100), 0.55)).toBe(55);
});
