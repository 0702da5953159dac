/** Stored A/A runs with given values, as `cnibench doctor --calibrate` measures them. */
import { METRICS, type MetricName } from "../../core/metrics.ts";
import { cellId, type PlannedCell, type Repetition } from "../../results/record.ts";
import type { StoredRun } from "../../results/load-run.ts";
import { sampleRun } from "./sample-run.ts";

/** The repetitions of one twin by block. */
export type TwinValues = readonly (readonly number[])[];

export const TWINS = ["bridge-a", "bridge-b"] as const;

/** Returns a run that measured one metric of two twins. */
export function twinRun(
  values: readonly [TwinValues, TwinValues],
  metric: MetricName = "add-time",
): Pick<StoredRun, "run" | "records"> {
  const cells = TWINS.map((plugin, i) => plannedCell(plugin, metric, values[i] ?? []));
  const records = cells.flatMap(({ id }, i) =>
    (values[i] ?? []).flatMap((repetitions, block) => repetitions.map((value, rep) => record(id, block, rep, value))),
  );
  const { run } = sampleRun();
  return { run: { ...run, plan: { ...run.plan, cells, checks: [] } }, records };
}

function plannedCell(plugin: string, metric: MetricName, values: TwinValues): PlannedCell {
  const key = { suite: "calibrate", scenario: "pods", plugin, cluster: "netns", path: "same-node", metric } as const;
  const { unit, better } = METRICS[metric];
  const counts = { repetitions: values[0]?.length ?? 1, blocks: values.length, duration: 1 };
  return { ...key, id: cellId(key), runner: "lifecycle", unit, better, ...counts };
}

function record(cell: string, block: number, rep: number, value: number): Repetition {
  const where = { schemaVersion: 1, kind: "repetition", cell, block: block + 1, rep: rep + 1 } as const;
  return { ...where, startedAt: "2026-03-01T12:00:00.000Z", value, raw: null };
}
