/** The part of a plan that `--only` asks for. Pure. */
import { UsageError } from "../core/errors.ts";
import { matchesGlob } from "../core/glob.ts";
import type { Plan, Task } from "./plan.ts";

/**
 * The tasks that measure a cell whose id matches one of the patterns (a check: its own id), and the baseline that they need.
 * @param globs none: everything
 * @throws UsageError when a pattern matches nothing
 */
export function filterPlan(plan: Plan, globs: readonly string[]): Plan {
  if (globs.length === 0) return plan;
  const idsOf = (task: Task): string[] => [task.id, ...Object.values(task.cells).map(({ id }) => id)];
  const unused = globs.find((glob) => !plan.tasks.some((task) => idsOf(task).some((id) => matchesGlob(id, glob))));
  if (unused !== undefined)
    throw new UsageError(`--only ${unused} matches no cell of this plan; cnibench plan --format json lists their ids`);
  const wanted = plan.tasks.filter((task) => idsOf(task).some((id) => globs.some((glob) => matchesGlob(id, glob))));
  const scenarios = new Set(wanted.map(scenarioOf));
  const tasks = plan.tasks.filter(
    (task) => wanted.includes(task) || (task.path === "host" && scenarios.has(scenarioOf(task))),
  );
  const kept = new Set(tasks.map(({ id }) => id));
  return {
    ...plan,
    order: plan.order.map((plugins) => plugins.filter((name) => tasks.some(({ plugin }) => plugin === name))),
    cells: tasks.flatMap((task) => Object.values(task.cells)),
    checks: plan.checks.filter(({ id }) => kept.has(id)),
    tasks,
  };
}

function scenarioOf({ suite, scenario }: Task): string {
  return `${suite.name}/${scenario.name}`;
}
