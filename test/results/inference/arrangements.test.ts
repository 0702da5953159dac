import { describe, expect, it } from "vitest";
import { arrangementsOf } from "../../../results/inference/arrangements.ts";
import { seededRandom } from "../../../results/random.ts";

const random = (): never => {
  throw new Error("a complete list needs no random numbers");
};

describe("arrangementsOf", () => {
  it("lists all arrangements of three plugins in six blocks, each once", () => {
    const { masks, count, isComplete } = arrangementsOf(3, 6, random);
    expect([count, isComplete]).toEqual([6 ** 5, true]);
    // The first one is the observed one: 0, 1, 2 in every block.
    expect([...masks.slice(0, 18)]).toEqual(Array(6).fill([0, 1, 3]).flat());
    const seen = new Set(Array.from({ length: count }, (_, index) => masks.slice(index * 18, index * 18 + 18).join()));
    expect(seen.size).toBe(count);
  });

  it("draws random arrangements if there are more than can be listed", () => {
    const { masks, count, isComplete } = arrangementsOf(3, 7, seededRandom(1));
    expect([count, isComplete]).toEqual([9_999, false]);
    // Every plugin precedes every other one about as often.
    const before = (plugin: number, other: number): number =>
      Array.from({ length: count * 7 }, (_, index) => ((masks[index * 3 + plugin] as number) >> other) & 1).reduce(
        (sum, bit) => sum + bit,
        0,
      ) /
      (count * 7);
    for (const [plugin, other] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const)
      expect(Math.abs(before(plugin, other) - 0.5)).toBeLessThan(0.01);
  });
});
