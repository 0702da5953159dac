/** Metrics of a plugin's daemons, which loads report in addition to their own metrics. Pure. */
import type { Cluster } from "../../clusters/index.ts";
import { METRIC_NAMES, METRICS, type MetricName } from "../../core/metrics.ts";
import type { Plugin } from "../../plugins/index.ts";
import type { Runner } from "../../runners/index.ts";

/**
 * Returns the daemon metrics that a runner reports for a plugin. A plugin without daemons has no such cells: 0 would
 * look like a measured value.
 * @param plugin null for the baseline
 */
export function daemonMetrics(plugin: Plugin | null, runner: Runner, api: Cluster["api"]): readonly MetricName[] {
  if (runner.scope !== "pair" || plugin === null || !hasDaemons(plugin, api)) return [];
  return runner.metrics.flatMap((metric) => METRIC_NAMES.filter((name) => METRICS[name].reportedWith === metric));
}

export function isDaemonMetric(metric: MetricName): boolean {
  return METRICS[metric].reportedWith !== undefined;
}

function hasDaemons({ bare, kubernetes }: Plugin, api: Cluster["api"]): boolean {
  if (api === "bare") return (bare?.daemons ?? []).length > 0;
  return kubernetes?.workloads.some(({ kind }) => kind === "daemonset") ?? false;
}
