/**
 * Runs a plan: blocks -> deployments -> tasks -> repetitions. Every block deploys each plugin once, freshly, in the
 * planned order; whatever fails is stored as failed and the rest goes on.
 */
import { join } from "node:path";
import type { BareCluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { messageOf } from "../core/errors.ts";
import type { RunStore } from "../results/store.ts";
import type { CpuUsage } from "../runners/cpu.ts";
import type { Assets } from "./assets.ts";
import { deployHost, deployPlugin, forget, type Deployment } from "./deploy.ts";
import type { Listener } from "./events.ts";
import { measure, storeDeploymentFailure, watchIdle } from "./measure.ts";
import { estimateSeconds, taskSeconds, tasksOf, type Plan, type Task } from "./plan.ts";

/** About how long it takes to bring one deployment up and down, seconds: for the time left. */
export const DEPLOYMENT_SECONDS = 1.2;

export interface RunInput {
  readonly plan: Plan;
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  readonly assets: readonly Assets[];
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly on: Listener;
}

/** Where the CNI runtimes of a run remember their attachments: inside its folder, and only while it runs. */
export function stateOf(store: RunStore): string {
  return join(store.dir, "state");
}

/** @throws EnvironmentError when results cannot be stored; the signal's reason when interrupted. */
export async function runPlan(input: RunInput): Promise<void> {
  const { plan, on, signal } = input;
  const clock = new Clock(plan);
  for (const [i, order] of plan.order.entries()) {
    const block = i + 1;
    for (const plugin of order) {
      const tasks = tasksOf(plan, plugin, block);
      if (tasks.length === 0) continue;
      signal.throwIfAborted();
      on({ kind: "deploying", block, blocks: plan.blocks, plugin });
      await runDeployment(input, plugin, tasks, block, clock);
    }
  }
}

async function runDeployment(input: RunInput, plugin: string, tasks: readonly Task[], block: number, clock: Clock): Promise<void> {
  const { kind, spec, store, signal, on } = input;
  const state = join(stateOf(store), `${block}-${plugin}`);
  let cluster: BareCluster | null = null;
  try {
    const standing = await stand(async () => {
      cluster = await kind.create(spec, signal);
      return deploy(input, plugin, cluster, state, tasks);
    });
    clock.spend(DEPLOYMENT_SECONDS);
    if ("error" in standing) {
      signal.throwIfAborted();
      on({ kind: "failed", plugin, what: `block ${block}`, error: messageOf(standing.error) });
      return storeDeploymentFailure(store, tasks, block, standing.error);
    }
    for (const task of tasks) {
      for (let rep = 1; rep <= task.scenario.repetitions; rep++) {
        on({ kind: "measuring", block, task, rep, left: clock.left });
        await measure({ task, block, rep, ...standing, store, signal, on });
        clock.spend(taskSeconds(task) / task.scenario.repetitions);
      }
    }
  } finally {
    await (cluster as BareCluster | null)?.[Symbol.asyncDispose]();
    await forget(state);
  }
}

interface Standing {
  readonly deployment: Deployment;
  readonly idle: CpuUsage | null;
}

async function deploy(input: RunInput, plugin: string, cluster: BareCluster, state: string, tasks: readonly Task[]): Promise<Standing> {
  const assets = input.assets.find((one) => one.plugin.name === plugin);
  const family = tasks[0]?.scenario.family ?? "ipv4";
  const options = { family, state, signal: input.signal };
  const deployment = assets === undefined ? deployHost(cluster, family) : await deployPlugin(assets, cluster, options);
  const node = cluster.nodes[0];
  const loads = tasks.some(({ runner }) => runner.scope === "pair");
  return { deployment, idle: loads && node !== undefined ? await watchIdle(node.shell) : null };
}

async function stand(make: () => Promise<Standing>): Promise<Standing | { readonly error: unknown }> {
  try {
    return await make();
  } catch (error) {
    return { error };
  }
}

/** The time left, from the plan's estimates. */
class Clock {
  #left: number;

  constructor(plan: Plan) {
    this.#left = estimateSeconds(plan, DEPLOYMENT_SECONDS);
  }

  /** Seconds. */
  get left(): number {
    return Math.max(0, this.#left);
  }

  spend(seconds: number): void {
    this.#left -= seconds;
  }
}
