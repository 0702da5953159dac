/** Reads the transaction rate and the latencies of a netperf test. */
import type { MetricName } from "../../core/metrics.ts";
import { roundDetail } from "../../results/index.ts";
import { sampleCountWarnings } from "../support/percentiles.ts";
import type { Measurement } from "../runner.ts";
import { omniValues, parseOmni } from "./omni.ts";

const REQUIRED_KEYS = [
  "TRANSACTION_RATE",
  "MEAN_LATENCY",
  "P50_LATENCY",
  "P90_LATENCY",
  "P99_LATENCY",
  "ELAPSED_TIME",
] as const;
/** The minimum and the maximum are optional, because stored output of older runs lacks them. */
export const LATENCY_KEYS = [...REQUIRED_KEYS, "MIN_LATENCY", "MAX_LATENCY"] as const;
/** All quantiles that netperf reports, by level. It prints a histogram only if it was built with --enable-histogram. */
const QUANTILE_KEYS = [
  [0, "MIN_LATENCY"],
  [0.5, "P50_LATENCY"],
  [0.9, "P90_LATENCY"],
  [0.99, "P99_LATENCY"],
  [1, "MAX_LATENCY"],
] as const;
const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Parses the output of {@link LATENCY_KEYS}. netperf reports the latency of a complete transaction in µs, percentiles
 * as integers.
 * @param rate metric for the transactions per second
 * @throws Error if a value is missing or not positive
 */
export function parseLatency(text: string, rate: MetricName): Measurement {
  const numbers = parseOmni(text, REQUIRED_KEYS);
  const impossible = REQUIRED_KEYS.filter((key) => numbers[key] <= 0).map((key) => `${key}=${numbers[key]}`);
  if (impossible.length > 0) throw new Error(`netperf printed impossible values: ${impossible.join(", ")}`);
  const samples = Math.round(numbers.TRANSACTION_RATE * numbers.ELAPSED_TIME);
  const warnings = sampleCountWarnings(samples);
  const values: Partial<Record<MetricName, number>> = {
    [rate]: numbers.TRANSACTION_RATE,
    "latency-mean": numbers.MEAN_LATENCY / MICROSECONDS_PER_SECOND,
    "latency-p50": numbers.P50_LATENCY / MICROSECONDS_PER_SECOND,
    "latency-p90": numbers.P90_LATENCY / MICROSECONDS_PER_SECOND,
    ...(warnings.length > 0 ? {} : { "latency-p99": numbers.P99_LATENCY / MICROSECONDS_PER_SECOND }),
  };
  return { values, warnings, ...distributionsOf(text, samples) };
}

/**
 * Returns the quantiles that netperf reports. It takes them from a histogram of whole µs with 100 buckets per power of
 * ten (netperf manual, omni output selectors), so an extreme can contradict a percentile: it is then omitted.
 */
function distributionsOf(text: string, samples: number): Pick<Measurement, "distributions"> {
  const found = omniValues(text);
  const reported = QUANTILE_KEYS.map(([level, name]) => {
    const value = roundDetail((found.get(name) ?? NaN) / MICROSECONDS_PER_SECOND);
    return { level, name, value };
  }).filter(({ level, value }) => value >= 0 && (level !== 0.99 || sampleCountWarnings(samples).length === 0));
  const isPercentile = ({ level }: { readonly level: number }): boolean => level > 0 && level < 1;
  const percentiles = reported
    .filter(isPercentile)
    .filter(({ value }, i, all) => all.slice(0, i).every((lower) => lower.value <= value));
  const minimum = reported.filter(({ level, value }) => level === 0 && value <= (percentiles[0]?.value ?? value));
  const maximum = reported.filter(({ level, value }) => level === 1 && value >= (percentiles.at(-1)?.value ?? value));
  const quantiles = [...minimum, ...percentiles, ...maximum];
  return {
    distributions: [
      {
        name: "latency",
        unit: "s",
        samples,
        levels: quantiles.map(({ level }) => level),
        values: quantiles.map(({ value }) => value),
        names: quantiles.map(({ name }) => name),
      },
    ],
  };
}
