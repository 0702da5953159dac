/** Percentiles of raw samples (method, rule 6). */
import type { MetricName, Warning } from "../core/model.ts";
import type { Measurement } from "./runner.ts";

/** Fewest samples that a 99th percentile may come from. */
export const MIN_P99_SAMPLES = 100;

export const LATENCY_METRICS = ["latency-mean", "latency-p50", "latency-p90", "latency-p99"] as const;

/** Mean and percentiles of times in seconds. @throws RangeError without samples. */
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

/** The warning that there is no 99th percentile; empty when the samples are enough for one. */
export function sampleCountWarnings(count: number): Warning[] {
  if (count >= MIN_P99_SAMPLES) return [];
  return [{ code: "few-samples", message: `no 99th percentile from ${count} samples (${MIN_P99_SAMPLES} are needed)` }];
}

/** The least sample that at least `share` of all samples do not exceed (nearest rank). @throws RangeError without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const value = samples.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * samples.length) - 1)];
  if (value === undefined) throw new RangeError("there is no percentile of no samples");
  return value;
}
