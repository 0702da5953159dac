import { expect, test } from "vitest";
import { sampleCountWarnings, percentile } from "../../../runners/support/percentiles.ts";

test("nearest rank: a percentile is one of the samples", () => {
  const samples = [5, 1, 4, 2, 3];
  expect([0.01, 0.2, 0.21, 0.5, 0.9, 1].map((share) => percentile(samples, share))).toEqual([1, 1, 2, 3, 5, 5]);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test("a 99th percentile needs 100 samples", () => {
  expect(sampleCountWarnings(100)).toEqual([]);
  expect(sampleCountWarnings(99)).toEqual([
    { code: "few-samples", message: expect.stringMatching(/99 samples .*100/) as string },
  ]);
});
