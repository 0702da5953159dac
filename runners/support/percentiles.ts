/** Computes percentiles of raw samples (docs/method.md, "Statistics"). */
import type { MetricName } from "../../core/metrics.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { distributionOf, quantile } from "../../results/index.ts";
import type { Measurement } from "../runner.ts";

/** Minimum number of samples for a 99th percentile. */
export const MIN_P99_SAMPLES = 100;

export const LATENCY_METRICS = ["latency-mean", "latency-p50", "latency-p90", "latency-p99"] as const;

/** Returns mean, percentiles and distribution of times in seconds. @throws RangeError without samples. */
export function latencyMeasurement(samples: readonly number[]): Measurement {
  const warnings = sampleCountWarnings(samples.length);
  const sorted = samples.toSorted((a, b) => a - b);
  const values: Partial<Record<MetricName, number>> = {
    "latency-mean": samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
    "latency-p50": quantile(sorted, 0.5),
    "latency-p90": quantile(sorted, 0.9),
    ...(warnings.length > 0 ? {} : { "latency-p99": quantile(sorted, 0.99) }),
  };
  return { values, warnings, distributions: [distributionOf("latency", "s", samples)] };
}

/** Returns the warning about a missing 99th percentile, or nothing if there are enough samples. */
export function sampleCountWarnings(count: number): Warning[] {
  if (count >= MIN_P99_SAMPLES) return [];
  return [{ code: "few-samples", message: `no 99th percentile: ${count} samples (${MIN_P99_SAMPLES} needed)` }];
}
