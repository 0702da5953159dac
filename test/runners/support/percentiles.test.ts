import { expect, test } from "vitest";
import { latencyMeasurement, sampleCountWarnings } from "../../../runners/support/percentiles.ts";

test("times have a mean, percentiles and a distribution", () => {
  const { values, distributions } = latencyMeasurement([5, 1, 4, 2, 3]);
  expect(values).toEqual({ "latency-mean": 3, "latency-p50": 3, "latency-p90": 5 });
  expect(distributions).toMatchObject([{ name: "latency", unit: "s", samples: 5 }]);
  expect(() => latencyMeasurement([])).toThrow(RangeError);
});

test("a 99th percentile needs 100 samples", () => {
  expect(sampleCountWarnings(100)).toEqual([]);
  expect(sampleCountWarnings(99)).toEqual([
    { code: "few-samples", message: expect.stringMatching(/99 samples .*100/) as string },
  ]);
});
