/** How the loads of a run were measured, as far as it determines the values of some metrics. */
import type { MeasurementFact } from "../../core/metric.ts";
import { findMetric } from "../../core/metrics.ts";
import type { Environment } from "../environment-facts.ts";
import type { RunFile } from "../record.ts";

/** The facts as texts, with the values that they have in runs of versions that did not store them. */
const FACTS: Readonly<Record<MeasurementFact, (cluster: Environment["cluster"]) => string>> = {
  cpuAccounting: ({ cpuAccounting }) =>
    cpuAccounting === "processes" ? "CPU time is that of the cluster" : "CPU time is that of the machine",
  keepAwake: ({ keepAwake }) =>
    (keepAwake?.means ?? null) === null ? "idle CPUs sleep" : `idle CPUs are kept awake by ${keepAwake?.means}`,
};

/** Returns how runs differ in the fact that determines a metric, or null. Runs without facts do not differ. */
export function differentMeasurement(metric: string, runs: readonly RunFile[]): string | null {
  const { dependsOn } = findMetric(metric) ?? {};
  if (dependsOn === undefined) return null;
  const found = runs.flatMap(({ environment }) => (environment === null ? [] : FACTS[dependsOn](environment.cluster)));
  const values = [...new Set(found)];
  return values.length < 2 ? null : `the measurements differ: ${values.join(", and ")}`;
}
