import { describe, expect, it } from "vitest";
import { blocksForEffect, detectableEffect } from "../../../results/inference/power.ts";

describe("detectableEffect", () => {
  it("matches the closed form for six blocks: all six must have the same sign", () => {
    // P(all six > 0) = Φ(effect)^6 = 0.8
    expect(detectableEffect(6, 0.05)).toBeCloseTo(1.79, 1);
  });

  it("returns null if no outcome is significant", () => {
    expect(detectableEffect(5, 0.05)).toBeNull();
    expect(detectableEffect(6, 0.05 / 4)).toBeNull();
  });

  it("decreases with the number of blocks, also where the approximation begins", () => {
    const sizes = [6, 8, 10, 15, 20, 21, 50, 51, 100];
    const effects = sizes.map((n) => detectableEffect(n, 0.05) as number);
    expect(effects).toEqual([...effects].sort((a, b) => b - a));
    expect((effects[4] as number) / (effects[5] as number)).toBeLessThan(1.1);
  });
});

describe("blocksForEffect", () => {
  it("is the inverse of detectableEffect", () => {
    for (const effect of [0.3, 0.8, 1.5, 3]) {
      const n = blocksForEffect(effect, 0.05) as number;
      expect(detectableEffect(n, 0.05) as number).toBeLessThanOrEqual(effect);
      expect(detectableEffect(n - 1, 0.05) ?? Infinity).toBeGreaterThan(effect);
    }
  });

  it("returns null for differences that no run can show", () => {
    expect(blocksForEffect(0.001, 0.05)).toBeNull();
  });
});
