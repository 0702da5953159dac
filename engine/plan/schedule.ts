/** Schedules a plan as a list of deployments: all of them, or those that earlier sessions have not finished. Pure. */
import { BASELINE } from "../../plugins/index.ts";
import { type IsFinished, type RunFile, stoppedAfter } from "../../results/index.ts";
import { addressingOf, tasksOf, type Plan, type Task } from "./make-plan.ts";

/** One deployment of one plugin, with the tasks to measure on it. */
export interface DeploymentSlot {
  readonly block: number;
  readonly plugin: string;
  readonly work: readonly PendingTask[];
}

export interface PendingTask {
  readonly task: Task;
  /** Numbers of the pending repetitions, from 1. */
  readonly reps: readonly number[];
}

/**
 * Returns the remaining deployments in the planned order. Only values of the same session are compared, so the
 * baseline of an interrupted block is measured again for its remaining tasks.
 */
export function schedule(plan: Plan, finished: IsFinished): readonly DeploymentSlot[] {
  return plan.order.flatMap((plugins, i) => {
    const block = i + 1;
    const slotOf = (plugin: string, isDone: IsFinished): DeploymentSlot => ({
      block,
      plugin,
      work: pendingTasks(plan, plugin, block, isDone),
    });
    const pluginSlots = plugins.filter((plugin) => plugin !== BASELINE).map((plugin) => slotOf(plugin, finished));
    const needed = new Set(pluginSlots.flatMap(({ work }) => work.map(({ task }) => scenarioOf(task.id))));
    const baseline = slotOf(
      BASELINE,
      (task, ...repetition) => !needed.has(scenarioOf(task)) && finished(task, ...repetition),
    );
    const slots = plugins.map((plugin) =>
      plugin === BASELINE ? baseline : pluginSlots.find((slot) => slot.plugin === plugin),
    );
    return slots.flatMap((one) => (one === undefined ? [] : byAddressing(one)));
  });
}

/**
 * Returns a slot without the work of suites that have stopped before its block, or null if nothing is left.
 * @param run the stopping decisions so far
 */
export function withoutStopped(
  { work, ...slot }: DeploymentSlot,
  run: Pick<RunFile, "stopping">,
): DeploymentSlot | null {
  const remaining = work.filter(({ task }) => slot.block <= (stoppedAfter(run, task.suite.name) ?? Infinity));
  return remaining.length === 0 ? null : { ...slot, work: remaining };
}

/** Splits a slot by family and size of the pod range, because all pods of a deployment share them. */
function byAddressing({ work, ...slot }: DeploymentSlot): DeploymentSlot[] {
  const key = ({ task }: PendingTask): string => addressingOf(task.scenario);
  return [...new Set(work.map(key))].map((kind) => ({ ...slot, work: work.filter((one) => key(one) === kind) }));
}

function pendingTasks(plan: Plan, plugin: string, block: number, finished: IsFinished): PendingTask[] {
  const tasks = tasksOf(plan, plugin, block).map((task) => {
    const reps = Array.from({ length: task.scenario.repetitions }, (_, rep) => rep + 1);
    return { task, reps: reps.filter((rep) => !finished(task.id, block, rep)) };
  });
  return tasks.filter(({ reps }) => reps.length > 0);
}

/** Returns `suite/scenario`, which a task shares with its baseline. @param task id */
function scenarioOf(task: string): string {
  return task.split("/", 2).join("/");
}
