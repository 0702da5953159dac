/** Estimates the time until the end of a run. */
import { taskSeconds, type Task } from "../plan/make-plan.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";

/** The estimated time until the end of a run. */
export class RemainingTime {
  readonly #perDeployment: number;
  #seconds: number;

  /** @param perDeployment seconds to create and remove one deployment */
  constructor(slots: readonly DeploymentSlot[], perDeployment: number) {
    const seconds = ({ work }: DeploymentSlot): number =>
      work.reduce((sum, { task, reps }) => sum + reps.length * repetitionSeconds(task), perDeployment);
    this.#perDeployment = perDeployment;
    this.#seconds = slots.reduce((sum, slot) => sum + seconds(slot), 0);
  }

  get seconds(): number {
    return Math.max(0, this.#seconds);
  }

  subtractDeployment(): void {
    this.#seconds -= this.#perDeployment;
  }

  subtractRepetition(task: Task): void {
    this.#seconds -= repetitionSeconds(task);
  }
}

function repetitionSeconds(task: Task): number {
  return taskSeconds(task) / task.scenario.repetitions;
}
