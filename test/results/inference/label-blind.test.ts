/** The figure by which an adaptive run stops: blind to the labels of the plugins. */
import { describe, expect, it } from "vitest";
import { probit } from "simple-statistics";
import { ratioHalfWidth } from "../../../results/inference/label-blind.ts";
import { seededRandom, shuffle } from "../../../results/random.ts";

/** Returns blocks of normal noise with a standard deviation of 0.1 per value. */
function noise(seed: number, blocks: number, plugins: readonly number[], drift = 0): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: blocks }, (_, block) =>
    plugins.map((effect) => effect + drift * block + 0.1 * probit(random())),
  );
}

/** Returns the mean figure of many runs. */
function meanHalfWidth(blocks: number, plugins: readonly number[], drift = 0): number {
  const widths = Array.from({ length: 400 }, (_, seed) => ratioHalfWidth(noise(seed, blocks, plugins, drift)) ?? NaN);
  return widths.reduce((sum, width) => sum + width, 0) / widths.length;
}

it("does not change, not even by rounding, if labels are exchanged inside blocks", () => {
  const random = seededRandom(99);
  for (let seed = 0; seed < 300; seed++) {
    const plugins = Array.from({ length: 1 + (seed % 8) }, (_, i) => 0.3 * i);
    const rows = noise(seed, 2 + (seed % 15), plugins);
    if (seed % 3 === 0) rows[0] = (rows[0] ?? []).slice(1);
    const exchanged = rows.map((row) => shuffle(row, random));
    expect(ratioHalfWidth(exchanged)).toBe(ratioHalfWidth(rows));
  }
});

describe("the half width", () => {
  // Student's quantile with 20 degrees of freedom is 2.086: exp(2.086 x sqrt(2 x 0.01 / 20)) - 1.
  const expected = Math.expm1(2.086 * Math.sqrt((2 * 0.01) / 20));

  it("is that of the interval of two equal plugins, a little too small as the smaller one of two estimates", () => {
    expect(meanHalfWidth(20, [0, 0])).toBeGreaterThan(0.85 * expected);
    expect(meanHalfWidth(20, [0, 0])).toBeLessThan(expected);
  });

  it("does not contain a difference between plugins, or a slow drift of the machine", () => {
    for (const width of [meanHalfWidth(20, [0, 1.4]), meanHalfWidth(20, [0, 0], 0.2)]) {
      expect(width).toBeGreaterThan(0.95 * expected);
      expect(width).toBeLessThan(1.2 * expected);
    }
  });

  it("is exact for a constructed spread", () => {
    // Variance within blocks: 2 with 4 degrees of freedom; the means alternate more. Quantile: 2.776.
    const rows = [-9, 9, -9, 9].map((mean) => [mean - 1, mean + 1]);
    expect(ratioHalfWidth(rows)).toBeCloseTo(Math.expm1(2.776 * Math.sqrt((2 * 2) / 4)), 0);
    expect(
      ratioHalfWidth([
        [1, 1],
        [1, 1],
      ]),
    ).toBe(0);
  });

  it("needs two blocks with all plugins", () => {
    expect(ratioHalfWidth([])).toBeNull();
    expect(ratioHalfWidth([[1, 2]])).toBeNull();
    expect(ratioHalfWidth([[1, 2], [1]])).toBeNull();
    expect(ratioHalfWidth([[1], [2]])).toBeGreaterThan(0);
  });
});
