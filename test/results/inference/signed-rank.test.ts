import { describe, expect, it } from "vitest";
import { criticalRank, MAX_EXACT_N, minReachableP, signedRank } from "../../../results/inference/signed-rank.ts";
import { seededRandom } from "../../../results/random.ts";

/** Enumerates all signs. Differences without ties and zeros. */
function enumeratedP(differences: readonly number[]): number {
  const order = [...differences].sort((a, b) => Math.abs(a) - Math.abs(b));
  const total = (order.length * (order.length + 1)) / 2;
  const statistic = (isPositive: (index: number) => boolean): number =>
    order.reduce((sum, _, index) => (isPositive(index) ? sum + index + 1 : sum), 0);
  const observed = statistic((index) => (order[index] as number) > 0);
  const extreme = Math.min(observed, total - observed);
  let hits = 0;
  for (let signs = 0; signs < 2 ** order.length; signs++) {
    const value = statistic((index) => ((signs >> index) & 1) === 1);
    if (Math.min(value, total - value) <= extreme) hits++;
  }
  return hits / 2 ** order.length;
}

describe("signedRank", () => {
  it("reproduces a textbook case: Hollander, Wolfe and Chicken, examples 3.1 to 3.4", () => {
    const depression = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01];
    const { p, estimate, ci95 } = signedRank(depression);
    expect(p).toBeCloseTo(0.0390625, 10);
    expect(estimate).toBeCloseTo(-0.46, 10);
    expect(ci95?.map((bound) => Number(bound.toFixed(3)))).toEqual([-0.786, -0.01]);
  });

  it("matches an enumeration of all signs", () => {
    for (const differences of [
      [1, 2, 3, 4, 5, 6],
      [-1, 2, 3, 4, 5, 6],
      [0.3, -0.1, 0.7, 0.2, -0.5, 0.9, 1.1],
      [5, -4, 3, -2, 1],
    ])
      expect(signedRank(differences).p).toBeCloseTo(enumeratedP(differences), 12);
  });

  it("rejects exactly if the interval of the same level excludes 0", () => {
    const random = seededRandom(11);
    for (let trial = 0; trial < 400; trial++) {
      const n = 1 + Math.floor(random() * 60);
      // Rounded to have ties and zeros.
      const differences = Array.from({ length: n }, () => Math.round(20 * (random() - 0.4)) / 20);
      const { p, ci95, ci90 } = signedRank(differences);
      for (const [interval, level] of [
        [ci95, 0.05],
        [ci90, 0.1],
      ] as const)
        expect(p <= level).toBe(interval !== null && (interval[0] > 0 || interval[1] < 0));
    }
  });

  it("does not reject if nothing differs", () => {
    expect(signedRank([0, 0, 0, 0, 0, 0, 0])).toMatchObject({ p: 1, estimate: 0, ci95: [0, 0] });
    expect(signedRank([1]).p).toBe(1);
  });

  it("needs six differences for a 95 % interval, and five for 90 %", () => {
    expect([5, 6].map((n) => minReachableP(n))).toEqual([0.0625, 0.03125]);
    expect([4, 5, 6].map((n) => [criticalRank(n, 0.1), criticalRank(n, 0.05)])).toEqual([
      [0, 0],
      [1, 0],
      [3, 1],
    ]);
  });

  it("approximates the exact distribution where it ends", () => {
    const values = Array.from({ length: MAX_EXACT_N + 1 }, (_, index) => (index % 3 === 0 ? -1 : 1) * (index + 1));
    const exact = signedRank(values.slice(0, MAX_EXACT_N)).p;
    expect(signedRank(values).p / exact).toBeGreaterThan(0.5);
    expect(signedRank(values).p / exact).toBeLessThan(1.5);
  });
});
