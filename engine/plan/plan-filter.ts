/** Reduces a plan to the cells selected by `--only`. Pure. */
import { UsageError } from "../../core/errors.ts";
import { matchesGlob } from "../../core/text.ts";
import type { Plan, Task } from "./make-plan.ts";

/**
 * Keeps the tasks with a cell id that matches one of the globs (for checks, the task id), and the baseline tasks that
 * they need.
 * @param globs an empty list keeps everything
 * @throws UsageError if a glob matches nothing
 */
export function filterPlan(plan: Plan, globs: readonly string[]): Plan {
  if (globs.length === 0) return plan;
  const idsOf = (task: Task): string[] => [task.id, ...Object.values(task.cells).map(({ id }) => id)];
  const unused = globs.find((glob) => !plan.tasks.some((task) => idsOf(task).some((id) => matchesGlob(id, glob))));
  if (unused !== undefined)
    throw new UsageError(`--only ${unused}: no cell matches; run "cnibench plan --format json" to list the cell ids`);
  const selected = plan.tasks.filter((task) => idsOf(task).some((id) => globs.some((glob) => matchesGlob(id, glob))));
  const scenarios = new Set(selected.map(scenarioOf));
  const tasks = plan.tasks.filter(
    (task) => selected.includes(task) || (task.path === "host" && scenarios.has(scenarioOf(task))),
  );
  const selectedIds = new Set(tasks.map(({ id }) => id));
  return {
    ...plan,
    order: plan.order.map((plugins) => plugins.filter((name) => tasks.some(({ plugin }) => plugin === name))),
    cells: tasks.flatMap((task) => Object.values(task.cells)),
    checks: plan.checks.filter(({ id }) => selectedIds.has(id)),
    tasks,
  };
}

function scenarioOf({ suite, scenario }: Task): string {
  return `${suite.name}/${scenario.name}`;
}
