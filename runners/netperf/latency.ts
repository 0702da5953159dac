/** Reads the transaction rate and the latencies of a netperf test. */
import type { MetricName } from "../../core/metrics.ts";
import { sampleCountWarnings } from "../support/percentiles.ts";
import type { Measurement } from "../runner.ts";
import { parseOmni } from "./omni.ts";

export const LATENCY_KEYS = [
  "TRANSACTION_RATE",
  "MEAN_LATENCY",
  "P50_LATENCY",
  "P90_LATENCY",
  "P99_LATENCY",
  "ELAPSED_TIME",
] as const;
const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Parses the values of {@link LATENCY_KEYS}. netperf reports the latency of a complete transaction in µs, percentiles
 * as integers.
 * @param rate metric for the transactions per second
 * @throws Error if a value is missing or not positive
 */
export function parseLatency(text: string, rate: MetricName): Measurement {
  const numbers = parseOmni(text, LATENCY_KEYS);
  const impossible = LATENCY_KEYS.filter((key) => numbers[key] <= 0).map((key) => `${key}=${numbers[key]}`);
  if (impossible.length > 0) throw new Error(`netperf printed impossible values: ${impossible.join(", ")}`);
  const warnings = sampleCountWarnings(Math.round(numbers.TRANSACTION_RATE * numbers.ELAPSED_TIME));
  const values: Partial<Record<MetricName, number>> = {
    [rate]: numbers.TRANSACTION_RATE,
    "latency-mean": numbers.MEAN_LATENCY / MICROSECONDS_PER_SECOND,
    "latency-p50": numbers.P50_LATENCY / MICROSECONDS_PER_SECOND,
    "latency-p90": numbers.P90_LATENCY / MICROSECONDS_PER_SECOND,
    ...(warnings.length > 0 ? {} : { "latency-p99": numbers.P99_LATENCY / MICROSECONDS_PER_SECOND }),
  };
  return { values, warnings };
}
