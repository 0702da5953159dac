/** The display names of metrics in each language. */
import { CHINESE_LABELS } from "../../core/metric-labels.ts";
import { findMetric, type MetricName } from "../../core/metrics.ts";
import type { Text } from "./text.ts";

/** Returns the display name of a metric. A metric unknown to this version keeps its own name. */
export function metricLabel(metric: string): Text {
  const en = findMetric(metric)?.label;
  return en === undefined ? { en: metric, zh: metric } : { en, zh: CHINESE_LABELS[metric as MetricName] };
}
