/** What is to be done of a plan, deployment by deployment: all of it, or what an earlier sitting has left. Pure. */
import { BASELINE } from "../plugins/plugin.ts";
import type { IsFinished } from "../results/finished.ts";
import { addressingOf, tasksOf, type Plan, type Task } from "./plan.ts";

/** One deployment of one plugin, and what it is for. */
export interface DeploymentSlot {
  readonly block: number;
  readonly plugin: string;
  readonly work: readonly PendingTask[];
}

export interface PendingTask {
  readonly task: Task;
  /** Numbers of the repetitions, from 1. */
  readonly reps: readonly number[];
}

/**
 * The turns that are left, in the planned order. Values pair only within a sitting, so the baseline of a torn block is
 * measured again beside the tasks that it is for.
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
    const baseline = slotOf(BASELINE, (task, ...slot) => !needed.has(scenarioOf(task)) && finished(task, ...slot));
    const slots = plugins.map((plugin) =>
      plugin === BASELINE ? baseline : pluginSlots.find((pod) => pod.plugin === plugin),
    );
    return slots.flatMap((one) => (one === undefined ? [] : byAddressing(one)));
  });
}

/** A deployment gives its pods the addresses of one family, from ranges of one size: a turn for each. */
function byAddressing({ work, ...slot }: DeploymentSlot): DeploymentSlot[] {
  const key = ({ task }: PendingTask): string => addressingOf(task.scenario);
  return [...new Set(work.map(key))].map((kind) => ({ ...slot, work: work.filter((one) => key(one) === kind) }));
}

function pendingTasks(plan: Plan, plugin: string, block: number, finished: IsFinished): PendingTask[] {
  const work = tasksOf(plan, plugin, block).map((task) => {
    const reps = Array.from({ length: task.scenario.repetitions }, (_, rep) => rep + 1);
    return { task, reps: reps.filter((rep) => !finished(task.id, block, rep)) };
  });
  return work.filter(({ reps }) => reps.length > 0);
}

/** `suite/scenario`: what a task shares with its baseline. */
function scenarioOf(task: string): string {
  return task.split("/", 2).join("/");
}
