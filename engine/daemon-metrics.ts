/** What a load tells besides its own metrics where a plugin has daemons. Pure. */
import type { Cluster } from "../clusters/cluster.ts";
import type { MetricName } from "../core/model.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { Runner } from "../runners/runner.ts";

/** Beside a metric of the machine, those of the daemons in the same window. */
const DAEMON_METRICS: Readonly<Partial<Record<MetricName, readonly MetricName[]>>> = {
  cpu: ["cpu-daemons", "memory"],
  "cpu-per-gbit": ["cpu-daemons-per-gbit"],
};

/** Without daemons there are no such cells, because 0 would be a number. @param plugin null for the baseline */
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
