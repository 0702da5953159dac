/** Equivalence bands: the largest difference between two plugins that counts as equal. */
import { METRICS, type MetricName } from "../core/metrics.ts";
import type { BandOf } from "./compare-question.ts";
import type { RunFile } from "./record.ts";

/** Ratio that counts as equal, unless the suite sets another one. */
export const DEFAULT_BAND = 1.05;

/**
 * Returns the bands of a run: those that its suites set, and otherwise {@link DEFAULT_BAND} on the ratio scale and the
 * band of the metric on the scale of differences.
 */
export function bandsOf({ plan }: Pick<RunFile, "plan">): BandOf {
  return ({ suite, metric }, scale) => {
    const band = plan.bands?.[suite]?.[metric]?.[scale];
    if (band !== undefined) return band;
    return scale === "ratio" ? DEFAULT_BAND : (METRICS[metric as MetricName]?.equalWithin ?? null);
  };
}
