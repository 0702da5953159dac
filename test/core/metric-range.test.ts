import { expect, test } from "vitest";
import { impossibleValue, rangeOf } from "../../core/metric-range.ts";
import { METRIC_NAMES, METRICS, type MetricName } from "../../core/metrics.ts";

test("every metric has a range, without negative values", () => {
  for (const name of METRIC_NAMES) {
    const [min, max] = rangeOf(name);
    expect(min).toBeGreaterThanOrEqual(0);
    expect(max).toBeGreaterThan(min);
  }
});

test("values that are measured are possible", () => {
  expect(impossibleValue({ throughput: 0, loss: 1, retransmits: 3, jitter: 0, cpu: 0, mtu: 65_536 })).toBeNull();
  expect(impossibleValue({ "latency-p50": 6e-6, "rollout-time": 4000, "pairs-throughput": 2e13 })).toBeNull();
  expect(impossibleValue({})).toBeNull();
});

test.each<[MetricName, number]>([
  ["latency-p50", -1e-6],
  ["latency-mean", -2147.48],
  ["latency-mean", 2147.48],
  ["latency-p99", 0],
  ["add-time", 0],
  ["loss", 1.01],
  ["loss", -0.01],
  ["jitter", 611_273],
  ["throughput", 1e20],
  ["throughput", -12],
  ["retransmits", -1],
  ["cpu", NaN],
  ["transactions", Infinity],
  ["mtu", 0],
])("%s of %d is impossible", (name, value) => {
  const { unit } = METRICS[name];
  const written = unit === "1" ? `${value}` : `${value} ${unit}`;
  expect(impossibleValue({ throughput: 1e9, [name]: value })).toContain(`${name} of ${written} (possible: `);
});
