/** Computes percentiles of raw samples (docs/method.md, "Statistics"). */
import type { MetricName } from "../../core/metrics.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Measurement } from "../runner.ts";

/** Minimum number of samples for a 99th percentile. */
export const MIN_P99_SAMPLES = 100;

export const LATENCY_METRICS = ["latency-mean", "latency-p50", "latency-p90", "latency-p99"] as const;

/** Returns mean and percentiles of times in seconds. @throws RangeError without samples. */
export function latencyMeasurement(samples: readonly number[]): Measurement {
  const warnings = sampleCountWarnings(samples.length);
  const values: Partial<Record<MetricName, number>> = {
    "latency-mean": samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
    "latency-p50": percentile(samples, 0.5),
    "latency-p90": percentile(samples, 0.9),
    ...(warnings.length > 0 ? {} : { "latency-p99": percentile(samples, 0.99) }),
  };
  return { values, warnings };
}

/** Returns the warning about a missing 99th percentile, or nothing if there are enough samples. */
export function sampleCountWarnings(count: number): Warning[] {
  if (count >= MIN_P99_SAMPLES) return [];
  return [{ code: "few-samples", message: `no 99th percentile: ${count} samples (${MIN_P99_SAMPLES} needed)` }];
}

/**
 * Returns the smallest sample that a `share` of all samples do not exceed (nearest rank).
 * @throws RangeError without samples.
 */
export function percentile(samples: readonly number[], share: number): number {
  const value = samples.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * samples.length) - 1)];
  if (value === undefined) throw new RangeError("cannot compute a percentile of an empty sample set");
  return value;
}
