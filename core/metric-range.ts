/** Finds values that no metric can have, which only a broken tool reports. */
import { type ValueRange, UNIT_RANGES } from "./metric.ts";
import { METRICS, type MetricName } from "./metrics.ts";

/** Returns the smallest and the largest possible value of a metric, in its unit. */
export function rangeOf(name: MetricName): ValueRange {
  const { unit, range } = METRICS[name];
  return range ?? UNIT_RANGES[unit];
}

/** Describes the first value out of range: `loss of 1.5 (possible: 0 to 1)`; null if all are possible. */
export function impossibleValue(values: Partial<Record<MetricName, number>>): string | null {
  for (const [key, value] of Object.entries(values)) {
    const name = key as MetricName;
    const [min, max] = rangeOf(name);
    const unit = METRICS[name].unit === "1" ? "" : ` ${METRICS[name].unit}`;
    if (!(value >= min && value <= max)) return `${name} of ${value}${unit} (possible: ${min} to ${max}${unit})`;
  }
  return null;
}
