import { describe, expect, it } from "vitest";
import { seededRandom } from "../../results/random.ts";
import { coefficientOfVariation, median, medianInterval, outliers } from "../../results/statistics.ts";
import { gaussian } from "../helpers/sample-run.ts";

describe("medianInterval", () => {
  it("does not exist for fewer than six values", () => {
    expect(medianInterval([])).toBeNull();
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull();
  });

  it("matches the published table of order statistics", () => {
    const to = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
    expect(medianInterval(to(6))).toEqual([1, 6]);
    expect(medianInterval(to(8))).toEqual([1, 8]);
    expect(medianInterval(to(9))).toEqual([2, 8]);
    expect(medianInterval(to(10))).toEqual([2, 9]);
    expect(medianInterval(to(15))).toEqual([4, 12]);
    expect(medianInterval(to(20))).toEqual([6, 15]);
  });

  it("does not depend on the order of the values", () => {
    expect(medianInterval([3, 9, 1, 7, 5, 2, 8])).toEqual([1, 9]);
  });

  it("returns a valid interval for very many values", () => {
    const values = Array.from({ length: 2000 }, (_, index) => index);
    const [low, high] = medianInterval(values) as [number, number];
    expect(low).toBeGreaterThan(940);
    expect(high).toBeLessThan(1060);
    expect(low).toBeLessThan(high);
  });

  it("covers the true median in at least 95 % of simulated cells", () => {
    const random = seededRandom(11);
    let covered = 0;
    for (let cell = 0; cell < 4000; cell++) {
      const [low, high] = medianInterval(Array.from({ length: 10 }, () => gaussian(random))) as [number, number];
      if (low <= 0 && 0 <= high) covered++;
    }
    // The exact coverage for n = 10 is 97.9 %.
    expect(covered / 4000).toBeGreaterThan(0.97);
    expect(covered / 4000).toBeLessThan(0.99);
  });
});

describe("coefficientOfVariation", () => {
  it("is the sample standard deviation over the mean", () => {
    expect(coefficientOfVariation([8, 12])).toBeCloseTo(Math.sqrt(8) / 10, 12);
  });

  it("does not exist for one value or a mean of zero", () => {
    expect(coefficientOfVariation([5])).toBeNull();
    expect(coefficientOfVariation([0, 0])).toBeNull();
  });
});

describe("outliers", () => {
  it("finds the value far from the others and its side", () => {
    expect(outliers([10, 10.1, 9.9, 10.2, 4, 10])).toEqual([
      { index: 4, value: 4, score: expect.any(Number) as number },
    ]);
    expect(outliers([10, 10.1, 9.9, 10.2, 4, 10])[0]?.score).toBeLessThan(-3.5);
  });

  it("works if more than half of the values are equal", () => {
    expect(outliers([5, 5, 5, 5, 5, 9]).map(({ index }) => index)).toEqual([5]);
    expect(outliers([5, 5, 5, 5, 5, 5])).toEqual([]);
  });

  it("finds none in fewer than five values", () => {
    expect(outliers([1, 1, 1, 100])).toEqual([]);
  });
});

describe("median", () => {
  it("is the middle value, or the mean of the two middle values", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
