import { expect, test } from "vitest";
import { findMetric, isShownIn, METRIC_NAMES, METRICS, metricsShownIn } from "../../core/metrics.ts";

test.each(["reportedWith", "cpuCost"] as const)("%s names a metric", (fact) => {
  const partners = METRIC_NAMES.flatMap((name) => METRICS[name][fact] ?? []);
  expect(partners.length).toBeGreaterThan(0);
  for (const name of partners) expect(METRIC_NAMES).toContain(name);
});

test("labels are unique, and meanings fit into a table", () => {
  expect(new Set(METRIC_NAMES.map((name) => METRICS[name].label)).size).toBe(METRIC_NAMES.length);
  for (const name of METRIC_NAMES) expect(METRICS[name].meaning).not.toMatch(/\||\n/);
});

test("names unknown to this version are not metrics", () => {
  expect(findMetric("throughput")).toBe(METRICS.throughput);
  expect(findMetric("converge-time")).toBeUndefined();
  expect(findMetric("constructor")).toBeUndefined();
});

test("places show only some metrics", () => {
  expect(isShownIn("progress", "throughput")).toBe(true);
  expect(isShownIn("progress", "latency-p99")).toBe(false);
  expect(isShownIn("report", "converge-time")).toBe(false);
  expect(metricsShownIn("percentile chart")).toEqual(["latency-p50", "latency-p90", "latency-p99"]);
});
