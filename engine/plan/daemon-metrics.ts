/** Metrics of a plugin's daemons, which loads report in addition to their own metrics. Pure. */
import type { Cluster } from "../../clusters/cluster.ts";
import type { MetricName } from "../../core/model.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import type { Runner } from "../../runners/runner.ts";

/** Maps a metric of the machine to the metrics of the daemons in the same window. */
const DAEMON_METRICS: Readonly<Partial<Record<MetricName, readonly MetricName[]>>> = {
  cpu: ["cpu-daemons", "memory"],
  "cpu-per-gbit": ["cpu-daemons-per-gbit"],
};

/**
 * Returns the daemon metrics that a runner reports for a plugin. A plugin without daemons has no such cells: 0 would
 * look like a measured value.
 * @param plugin null for the baseline
 */
export function daemonMetrics(plugin: Plugin | null, runner: Runner, api: Cluster["api"]): readonly MetricName[] {
  if (runner.scope !== "pair" || plugin === null || !hasDaemons(plugin, api)) return [];
  return runner.metrics.flatMap((metric) => DAEMON_METRICS[metric] ?? []);
}

export function isDaemonMetric(metric: MetricName): boolean {
  return Object.values(DAEMON_METRICS).flat().includes(metric);
}

function hasDaemons({ bare, kubernetes }: Plugin, api: Cluster["api"]): boolean {
  if (api === "bare") return (bare?.daemons ?? []).length > 0;
  return kubernetes?.workloads.some(({ kind }) => kind === "daemonset") ?? false;
}
