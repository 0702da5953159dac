import { describe, expect, it } from "vitest";
import { blocksNeeded, holm, minReachableP, signedRankP } from "../../results/signed-rank.ts";

describe("signedRankP", () => {
  it("matches an enumeration of all signs", () => {
    for (const differences of [
      [1, 2, 3, 4, 5, 6],
      [-1, 2, 3, 4, 5, 6],
      [0.3, -0.1, 0.7, 0.2, -0.5, 0.9, 1.1],
      [1, 1, -1, 2, 2, 3, -4],
    ]) {
      expect(signedRankP(differences)).toBeCloseTo(enumerated(differences), 12);
    }
  });

  it("reproduces a textbook case: Hollander, Wolfe and Chicken, example 3.1", () => {
    const depression = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01];
    expect(signedRankP(depression)).toBeCloseTo(0.0390625, 10);
  });

  it("ignores zeros, and returns 1 if nothing differs", () => {
    expect(signedRankP([0, 1, 2, 3, 0])).toBe(signedRankP([1, 2, 3]));
    expect(signedRankP([0, 0, 0])).toBe(1);
    expect(signedRankP([])).toBe(1);
  });

  it("is symmetric", () => {
    const differences = [0.2, -0.1, 0.4, 0.3, 0.9, -0.5];
    expect(signedRankP(differences)).toBeCloseTo(signedRankP(differences.map((value) => -value)), 12);
  });
});

describe("minReachableP", () => {
  it("is reached if all pairs differ in one direction", () => {
    for (const n of [1, 3, 6, 10])
      expect(signedRankP(Array.from({ length: n }, (_, i) => i + 1))).toBeCloseTo(minReachableP(n), 12);
  });

  it("determines the blocks needed for a question", () => {
    expect(blocksNeeded(1, 0.05)).toBe(6);
    expect(blocksNeeded(3, 0.05)).toBe(7);
    expect(blocksNeeded(10, 0.05)).toBe(9);
  });
});

describe("holm", () => {
  it("multiplies the smallest p by their number, the next by one less, and never decreases", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it("is at most 1", () => {
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

/** Implements the definition: the share of the 2^n sign assignments with a rank sum at least as far from the middle. */
function enumerated(differences: readonly number[]): number {
  const magnitudes = differences.map(Math.abs);
  const ranks = magnitudes.map(
    (m) => magnitudes.filter((o) => o < m).length + (magnitudes.filter((o) => o === m).length + 1) / 2,
  );
  const middle = ranks.reduce((a, b) => a + b, 0) / 2;
  const sum = (positive: (index: number) => boolean) =>
    ranks.reduce((total, rank, index) => (positive(index) ? total + rank : total), 0);
  const observed = Math.abs(sum((index) => (differences[index] ?? 0) > 0) - middle);
  let extreme = 0;
  for (let signs = 0; signs < 2 ** ranks.length; signs++) {
    if (Math.abs(sum((index) => (signs >> index) % 2 === 1) - middle) >= observed - 1e-9) extreme++;
  }
  return extreme / 2 ** ranks.length;
}
