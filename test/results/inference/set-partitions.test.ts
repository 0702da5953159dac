import { describe, expect, it } from "vitest";
import { membersOf, setPartitions } from "../../../results/inference/set-partitions.ts";

describe("setPartitions", () => {
  it("returns Bell(n) - 1 partitions", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((size) => setPartitions(size).length)).toEqual([
      0, 1, 4, 14, 51, 202, 876, 4139,
    ]);
  });

  it("returns disjoint groups of at least two members", () => {
    const partitions = setPartitions(4).map((groups) => groups.map(membersOf));
    expect(partitions).toContainEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(partitions).toContainEqual([[0, 1, 2, 3]]);
    for (const groups of partitions) {
      expect(groups.every((group) => group.length >= 2)).toBe(true);
      expect(new Set(groups.flat()).size).toBe(groups.flat().length);
    }
  });
});
