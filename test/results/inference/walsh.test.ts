import { describe, expect, it } from "vitest";
import { countUpTo, kthWalshAverage, nextWalshAverage, walshCount } from "../../../results/inference/walsh.ts";
import { seededRandom } from "../../../results/random.ts";

function listed(values: readonly number[]): number[] {
  return values.flatMap((x, i) => values.slice(i).map((y) => (x + y) / 2)).sort((a, b) => a - b);
}

const random = seededRandom(3);
const samples: (readonly [string, number[]])[] = [
  ["one value", [4]],
  ["ties", [1, 1, 2, 2, 2, 5]],
  ["zeros", [0, 0, 0, -1, 1]],
  ["mixed signs", [-3, -0.5, 0.25, 0.5, 7]],
  ["tiny and huge", [1e-300, -1e-300, 1e300, 3]],
  ["many ties", Array.from({ length: 50 }, (_, i) => [0, 0, 0.1, 3][i % 4] as number)],
  ["40 random values", Array.from({ length: 40 }, () => random() - 0.4)],
];

describe("Walsh averages", () => {
  it.each(samples)("match the listed ones: %s", (_, values) => {
    const sorted = Float64Array.from(values).sort();
    const all = listed(values);
    expect(all).toHaveLength(walshCount(values.length));
    expect(all.map((_, index) => kthWalshAverage(sorted, index + 1))).toEqual(all);
    expect(all.slice(0, -1).map((average, index) => nextWalshAverage(sorted, index + 1, average))).toEqual(
      all.slice(1),
    );
    for (const limit of [...all, -Number.MIN_VALUE, 0, 0.3])
      expect(countUpTo(sorted, limit)).toBe(all.filter((each) => each <= limit).length);
  });
});
