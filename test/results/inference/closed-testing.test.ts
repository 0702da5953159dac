import { probit } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { testQuestion } from "../../../results/inference/closed-testing.ts";
import type { Observations } from "../../../results/inference/group-statistics.ts";
import { type Random, seededRandom } from "../../../results/random.ts";

/** Simulates logarithms of values with a common effect of each block and independent noise. */
function simulate(factors: readonly number[], blocks: number, noise: readonly number[], random: Random): Observations {
  return Array.from({ length: blocks }, () => {
    const effect = 0.15 * probit(random());
    return factors.map((factor, index) => Math.log(factor) + effect + (noise[index] as number) * probit(random()));
  });
}

/** Returns the share of questions in which `isHit` holds. */
function share(questions: number, isHit: (random: Random) => boolean): number {
  const random = seededRandom(2026);
  let hits = 0;
  for (let i = 0; i < questions; i++) if (isHit(random)) hits++;
  return hits / questions;
}

const anyDiffers = (observations: Observations): boolean =>
  testQuestion(observations, seededRandom(1)).pairs.some(({ adjusted }) => adjusted <= 0.05);

describe("testQuestion", () => {
  it("uses the signed-rank test for two plugins", () => {
    const observations = [1, 2, 3, 4, 5, 6].map((difference) => [difference, 0]);
    expect(testQuestion(observations, seededRandom(1))).toEqual({
      pairs: [{ a: 0, b: 1, n: 6, p: 0.03125, adjusted: 0.03125 }],
      global: 0.03125,
    });
  });

  it.each([3, 4])("ranks %i clearly different plugins with six blocks", (plugins) => {
    const factors = Array.from({ length: plugins }, (_, index) => 2 ** index);
    const observations = simulate(factors, 6, Array(plugins).fill(0.05) as number[], seededRandom(4));
    const { pairs } = testQuestion(observations, seededRandom(1));
    expect(pairs).toHaveLength((plugins * (plugins - 1)) / 2);
    for (const { adjusted } of pairs) expect(adjusted).toBeLessThan(0.05);
  });

  it("finds a difference of 20 % among three plugins in about two of three runs with six blocks", () => {
    const found = share(60, (random) => {
      const { pairs } = testQuestion(simulate([0.8, 1, 1], 6, [0.1, 0.1, 0.1], random), seededRandom(1));
      return pairs.some(({ a, b, adjusted }) => a === 0 && b === 1 && adjusted <= 0.05);
    });
    expect(found).toBeGreaterThan(0.5);
  });

  it("keeps its level with a complete list of arrangements", () => {
    // 5 % and three standard errors. closed-testing.levels.test.ts has random arrangements.
    expect(share(150, (random) => anyDiffers(simulate([1, 1, 1], 6, [0.1, 0.1, 0.1], random)))).toBeLessThan(0.103);
  });

  it("never adjusts a p-value downward", () => {
    const { pairs, global } = testQuestion(
      simulate([1, 1, 1.1, 1.2], 9, [0.1, 0.1, 0.1, 0.1], seededRandom(8)),
      seededRandom(1),
    );
    expect(pairs).toHaveLength(6);
    for (const { p, adjusted } of pairs) {
      expect(adjusted).toBeGreaterThanOrEqual(p);
      expect(adjusted).toBeGreaterThanOrEqual(global);
    }
  });

  it("uses the blocks that both plugins have", () => {
    const observations = simulate([1, 2, 4], 9, [0.05, 0.05, 0.05], seededRandom(6)).map((block, index) =>
      block.map((value, plugin) => (plugin === 2 && index < 2 ? null : value)),
    );
    expect(testQuestion(observations, seededRandom(1)).pairs.map(({ a, b, n }) => [a, b, n])).toEqual([
      [0, 1, 9],
      [0, 2, 7],
      [1, 2, 7],
    ]);
  });

  it("finds nothing if all values are equal", () => {
    const observations = Array.from({ length: 9 }, () => [3, 3, 3]);
    const { pairs, global } = testQuestion(observations, seededRandom(1));
    expect([...pairs.map(({ adjusted }) => adjusted), global]).toEqual([1, 1, 1, 1]);
  });

  it("falls back to Holm's correction for nine plugins", () => {
    const factors = Array.from({ length: 9 }, (_, index) => 2 ** index);
    const observations = simulate(factors, 12, Array(9).fill(0.05) as number[], seededRandom(4));
    const { pairs } = testQuestion(observations, () => NaN);
    expect(pairs).toHaveLength(36);
    for (const { p, adjusted } of pairs) expect(adjusted).toBeCloseTo(36 * p);
  });

  it("returns no pair without a common block", () => {
    expect(
      testQuestion(
        [
          [1, null],
          [null, 1],
        ],
        seededRandom(1),
      ),
    ).toEqual({ pairs: [], global: 1 });
    expect(testQuestion([], seededRandom(1))).toEqual({ pairs: [], global: 1 });
  });
});
