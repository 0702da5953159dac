/** Equivalence bands: the largest difference between two plugins that counts as equal. */
import { METRIC_NAMES, METRICS } from "../core/metrics.ts";
import type { BandOf } from "./compare-question.ts";
import type { DefaultBands, RunFile } from "./record.ts";

/** Ratio that counts as equal, unless the suite sets another one. */
const DEFAULT_RATIO = 1.05;

/** Returns the bands that apply where a suite sets none. They are stored with a run, so that its verdicts are final. */
export function defaultBands(): DefaultBands {
  const differences = METRIC_NAMES.flatMap((metric) => {
    const { equalWithin } = METRICS[metric];
    return equalWithin === undefined ? [] : [[metric, equalWithin] as const];
  });
  return { ratio: DEFAULT_RATIO, differences: Object.fromEntries(differences) };
}

/** Returns the bands of a run: those that its suites set, and otherwise the defaults stored with it. */
export function bandsOf({ plan }: Pick<RunFile, "plan">): BandOf {
  const { ratio, differences } = plan.defaultBands ?? defaultBands();
  return ({ suite, metric }, scale) => {
    const band = plan.bands?.[suite]?.[metric]?.[scale];
    if (band !== undefined || scale === "ratio") return band ?? ratio;
    return Object.hasOwn(differences, metric) ? (differences[metric] as number) : null;
  };
}
