/** How a sentence names what a metric measures. */
import { COUNT_METRICS, METRIC_ACTIONS, METRIC_QUANTITIES } from "../../core/metric-wording.ts";
import { findMetric, type MetricName } from "../../core/metrics.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";

/** Returns what takes the time of a metric, or null for other metrics. */
export function actionOf(metric: string): Text | null {
  return isKnown(metric) ? (METRIC_ACTIONS[metric] ?? null) : null;
}

/** Reports whether a metric counts things, of which there are more or fewer. */
export function isCount(metric: string): boolean {
  return isKnown(metric) && COUNT_METRICS.includes(metric);
}

/** Reports whether this version has a metric. */
function isKnown(metric: string): metric is MetricName {
  return findMetric(metric) !== undefined;
}

/** Returns the quantity of a metric, as in "lower throughput". A metric of another version keeps its own name. */
export function quantityOf(metric: string): Text {
  if (!isKnown(metric)) return { en: metric, zh: metric };
  const quantity = METRIC_QUANTITIES[metric];
  if (quantity !== undefined) return quantity;
  const { en: label, zh } = metricLabel(metric);
  // An abbreviation keeps its capital letters.
  const inSentence = /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
  return { en: inSentence, zh };
}
