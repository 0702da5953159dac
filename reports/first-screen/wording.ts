/** How a sentence names what a metric measures. */
import { COUNT_METRICS, METRIC_ACTIONS, METRIC_QUANTITIES } from "../../core/metric-wording.ts";
import { findMetric } from "../../core/metrics.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";

/** Returns what takes the time of a metric, or null for other metrics. */
export function actionOf(metric: string): Text | null {
  return Object.hasOwn(METRIC_ACTIONS, metric) ? (METRIC_ACTIONS[metric] ?? null) : null;
}

/** Reports whether a metric counts things, of which there are more or fewer. */
export function isCount(metric: string): boolean {
  return COUNT_METRICS.includes(metric);
}

/** Returns the quantity of a metric, as in "lower throughput". A metric of another version keeps its own name. */
export function quantityOf(metric: string): Text {
  const quantity = Object.hasOwn(METRIC_QUANTITIES, metric) ? METRIC_QUANTITIES[metric] : undefined;
  if (quantity !== undefined) return quantity;
  if (findMetric(metric) === undefined) return { en: metric, zh: metric };
  const { en: label, zh } = metricLabel(metric);
  // An abbreviation keeps its capital letters.
  const inSentence = /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
  return { en: inSentence, zh };
}
