/** How the loads of a run were measured, as far as it determines the values of some metrics. */
import type { MeasurementFact } from "../../core/metric.ts";
import { findMetric } from "../../core/metrics.ts";
import type { Environment } from "../environment-facts.ts";
import type { PlannedCell, RunFile } from "../record.ts";

/** The facts as texts, with the values that they have in runs of versions that did not store them. */
const FACTS: Readonly<Record<MeasurementFact, (cluster: Environment["cluster"]) => string>> = {
  cpuAccounting: ({ cpuAccounting }) =>
    cpuAccounting === "processes" ? "CPU time is that of the cluster" : "CPU time is that of the machine",
  keepAwake: ({ keepAwake }) =>
    (keepAwake?.means ?? null) === null ? "idle CPUs sleep" : `idle CPUs are kept awake by ${keepAwake?.means}`,
};

/** Runners during whose loads CPUs are kept awake. Stored runs contain the name of the runner only. */
export const AWAKE_RUNNERS: ReadonlySet<string> = new Set(["netperf", "netperf-crr", "ping"]);

/** Returns how runs differ in the fact that determines a cell, or null. Runs without facts do not differ. */
export function differentMeasurement({ metric, runner }: PlannedCell, runs: readonly RunFile[]): string | null {
  const { dependsOn } = findMetric(metric) ?? {};
  if (dependsOn === undefined || (dependsOn === "keepAwake" && !AWAKE_RUNNERS.has(runner))) return null;
  const found = runs.flatMap(({ environment }) => (environment === null ? [] : FACTS[dependsOn](environment.cluster)));
  const values = [...new Set(found)];
  return values.length < 2 ? null : `the measurements differ: ${values.join(", and ")}`;
}
