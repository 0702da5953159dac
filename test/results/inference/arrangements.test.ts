import { describe, expect, it } from "vitest";
import { type Arrangements, arrangementsOf, TILE } from "../../../results/inference/arrangements.ts";
import { seededRandom } from "../../../results/random.ts";

const random = (): never => {
  throw new Error("a complete list needs no random numbers");
};

/** Returns the mask of a cell, numbered by block and plugin, in an arrangement. */
function maskAt({ masks }: Arrangements, cells: number, arrangement: number, cell: number): number {
  const lane = arrangement % TILE;
  return masks[(arrangement - lane) * cells + cell * TILE + lane] as number;
}

describe("arrangementsOf", () => {
  it("lists all arrangements of three plugins in six blocks, each once", () => {
    const arrangements = arrangementsOf(3, 6, random);
    const { count, isComplete } = arrangements;
    expect([count, isComplete]).toEqual([6 ** 5, true]);
    const masksOf = (arrangement: number): number[] =>
      Array.from({ length: 18 }, (_, cell) => maskAt(arrangements, 18, arrangement, cell));
    // The first one is the observed one: 0, 1, 2 in every block.
    expect(masksOf(0)).toEqual(Array(6).fill([0, 1, 3]).flat());
    expect(new Set(Array.from({ length: count }, (_, arrangement) => masksOf(arrangement).join())).size).toBe(count);
  });

  it("draws random arrangements if there are more than can be listed", () => {
    const arrangements = arrangementsOf(3, 7, seededRandom(1));
    const { count, isComplete } = arrangements;
    expect([count, isComplete]).toEqual([9_999, false]);
    // Every plugin precedes every other one about as often.
    const before = (plugin: number, other: number): number =>
      Array.from({ length: count * 7 }, (_, index) =>
        maskAt(arrangements, 21, Math.floor(index / 7), (index % 7) * 3 + plugin),
      ).reduce((sum, mask) => sum + ((mask >> other) & 1), 0) /
      (count * 7);
    for (const [plugin, other] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const)
      expect(Math.abs(before(plugin, other) - 0.5)).toBeLessThan(0.01);
  });
});
