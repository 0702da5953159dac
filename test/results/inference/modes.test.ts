import { probit } from "simple-statistics";
import { expect, it } from "vitest";
import { countModes, MIN_VALUES_FOR_MODES } from "../../../results/inference/modes.ts";
import { seededRandom } from "../../../results/random.ts";

type Pair = readonly [number, number];

/** Returns pairs of normal values. @param shift distance between two modes, which alternate at random */
function pairs(count: number, shift: number, seed: number): Pair[] {
  const random = seededRandom(seed);
  const value = (): number => probit(random()) + (random() < 0.5 ? shift : 0);
  return Array.from({ length: count }, () => [value(), value()]);
}

it("does not assess too few values", () => {
  const few = pairs(MIN_VALUES_FOR_MODES / 2 - 1, 20, 1);
  expect(countModes(few, seededRandom(1))).toBeNull();
  expect(countModes([...few, [0, 20]], seededRandom(1))?.count).toBe(2);
});

it("finds two modes that are far apart, and one in normal values", () => {
  expect(countModes(pairs(20, 8, 2), seededRandom(1))).toMatchObject({ count: 2 });
  expect(countModes(pairs(20, 0, 3), seededRandom(1))).toMatchObject({ count: 1 });
  expect(countModes(Array<Pair>(12).fill([5, 5]), seededRandom(1))).toEqual({ count: 1, p: 1 });
});

it("does not take pairs of nearly equal values for modes", () => {
  // Ten independent values, each twice.
  const found = Array.from({ length: 6 }, (_, seed) => {
    const random = seededRandom(100 + seed);
    const values = Array.from({ length: 10 }, () => probit(random()));
    return countModes(
      values.map((value) => [value, value + 1e-6] as const),
      seededRandom(1),
    );
  });
  expect(found.filter((modes) => modes?.count === 2).length).toBeLessThanOrEqual(1);
});
