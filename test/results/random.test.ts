import { describe, expect, it } from "vitest";
import { seededRandom, shuffle } from "../../results/random.ts";

describe("seededRandom", () => {
  it("returns the same numbers for the same seed, and different ones for another", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(Number.MAX_SAFE_INTEGER)).not.toEqual(draw(Number.MAX_SAFE_INTEGER - 1));
  });

  it("is uniform on [0, 1)", () => {
    const random = seededRandom(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(random() * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99.9 % point of chi-square with 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.88);
  });

  it("is stable: a recorded seed reproduces the order of an old run", () => {
    expect(shuffle(["host", "bridge", "ptp", "simplecni"], seededRandom(42))).toMatchInlineSnapshot(`
      [
        "simplecni",
        "host",
        "ptp",
        "bridge",
      ]
    `);
  });
});

describe("shuffle", () => {
  it("keeps all items and does not modify its argument", () => {
    const items = [1, 2, 3, 4, 5];
    expect(shuffle(items, seededRandom(3)).sort()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5]);
  });

  it("returns every order with equal probability", () => {
    const random = seededRandom(5);
    const seen = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = shuffle(["a", "b", "c"], random).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
