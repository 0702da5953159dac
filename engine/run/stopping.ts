/** Ends adaptive suites: asks their stopping rules after each block. */
import { decideStopping, isDecisionDue, loadStored, type RunFile, type StoppingDecision } from "../../results/index.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";

/** What the deployments of a run need to know about its stopping rules. */
export interface Stopping {
  /** Decides after a block which suites stop. Does nothing if that is decided. */
  readonly afterBlock: (block: number) => Promise<void>;
  /** Returns the slot without the work of stopped suites, or null if nothing is left. */
  readonly remainingOf: (slot: DeploymentSlot) => DeploymentSlot | null;
}

/** A run without stopping rules. */
export const NO_STOPPING: Stopping = { afterBlock: () => Promise.resolve(), remainingOf: (slot) => slot };

/**
 * Returns the decisions after a block. They come from the stored results, so a resumed session decides the same.
 * @param dir run directory
 */
export async function decideAfter(dir: string, run: RunFile, block: number): Promise<readonly StoppingDecision[]> {
  return isDecisionDue(run, block) ? decideStopping(run, (await loadStored(dir)).records, block) : [];
}
