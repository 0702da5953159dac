/**
 * Runs a plan, turn by turn: each deploys one plugin freshly and measures its tasks, repetition by repetition. Whatever
 * fails is stored as failed and the rest goes on.
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
import { taskSeconds, type Plan, type Task } from "./plan.ts";
import type { Pod } from "./pods.ts";
import type { Turn } from "./schedule.ts";

/** About how long it takes to bring one deployment up and down, seconds: for the time left. */
export const DEPLOYMENT_SECONDS = 0.6;

export interface RunInput {
  readonly plan: Plan;
  /** What of the plan is to be done, in this order. */
  readonly turns: readonly Turn[];
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  readonly assets: readonly Assets[];
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly on: Listener;
  /** Called with a lab in which something failed, and with the last one, before it is taken down. */
  readonly keep?: (cluster: BareCluster, pods: readonly Pod[]) => Promise<void>;
}

/** Where the CNI runtimes of a run remember their attachments: inside its folder, and only while it runs. */
export function stateOf(store: RunStore): string {
  return join(store.dir, "state");
}

/** An interrupt takes the cluster away at once, with whatever hangs in it: nobody waits for a plugin's time limit. */
export function endedBy(signal: AbortSignal, cluster: BareCluster): BareCluster {
  signal.addEventListener("abort", () => void cluster[Symbol.asyncDispose](), { once: true });
  return cluster;
}

/** @throws EnvironmentError when results cannot be stored; the signal's reason when interrupted. */
export async function runTurns(input: RunInput): Promise<void> {
  const { plan, turns, on, signal } = input;
  const clock = new Clock(turns);
  for (const turn of turns) {
    signal.throwIfAborted();
    on({ kind: "deploying", block: turn.block, blocks: plan.blocks, plugin: turn.plugin });
    await runDeployment(input, turn, clock);
  }
}

async function runDeployment(input: RunInput, turn: Turn, clock: Clock): Promise<void> {
  const { kind, spec, store, signal, keep } = input;
  const { block, plugin } = turn;
  const state = join(stateOf(store), `${block}-${plugin}`);
  const made: BareCluster[] = [];
  let failed = false;
  const on: Listener = (event) => {
    failed ||= event.kind === "failed";
    input.on(event);
  };
  try {
    const standing = await stand(async () => {
      const cluster = endedBy(signal, await kind.create(spec, signal));
      made.push(cluster);
      return deploy(input, turn, cluster, state);
    });
    clock.spend(DEPLOYMENT_SECONDS);
    if ("error" in standing) {
      signal.throwIfAborted();
      on({ kind: "failed", plugin, what: `block ${block}`, error: messageOf(standing.error) });
      storeDeploymentFailure(store, turn, standing.error);
    } else {
      await measureTurn({ ...input, on }, turn, standing, clock);
    }
    const pods = "error" in standing ? [] : await standing.deployment.pods();
    if (failed || turn === input.turns.at(-1)) for (const cluster of made) await keep?.(cluster, pods);
  } finally {
    for (const cluster of made) await cluster[Symbol.asyncDispose]();
    await forget(state);
  }
}

async function measureTurn({ store, signal, on }: RunInput, { block, work }: Turn, standing: Standing, clock: Clock): Promise<void> {
  for (const { task, reps } of work) {
    for (const rep of reps) {
      on({ kind: "measuring", block, task, rep, left: clock.left });
      await measure({ task, block, rep, ...standing, store, signal, on });
      clock.spend(repetitionSeconds(task));
    }
  }
}

interface Standing {
  readonly deployment: Deployment;
  readonly idle: CpuUsage | null;
}

async function deploy(input: RunInput, { plugin, work }: Turn, cluster: BareCluster, state: string): Promise<Standing> {
  const assets = input.assets.find((one) => one.plugin.name === plugin);
  const family = work[0]?.task.scenario.family ?? "ipv4";
  const options = { family, state, signal: input.signal };
  const deployment = assets === undefined ? deployHost(cluster, family) : await deployPlugin(assets, cluster, options);
  const node = cluster.nodes[0];
  const loads = work.some(({ task: { runner } }) => runner.scope === "pair");
  return { deployment, idle: loads && node !== undefined ? await watchIdle(node.shell) : null };
}

async function stand(make: () => Promise<Standing>): Promise<Standing | { readonly error: unknown }> {
  try {
    return await make();
  } catch (error) {
    return { error };
  }
}

/** The time left, from the estimates of what is to be done. */
class Clock {
  #left: number;

  constructor(turns: readonly Turn[]) {
    const seconds = ({ work }: Turn): number => work.reduce((sum, { task, reps }) => sum + reps.length * repetitionSeconds(task), DEPLOYMENT_SECONDS);
    this.#left = turns.reduce((sum, turn) => sum + seconds(turn), 0);
  }

  /** Seconds. */
  get left(): number {
    return Math.max(0, this.#left);
  }

  spend(seconds: number): void {
    this.#left -= seconds;
  }
}

function repetitionSeconds(task: Task): number {
  return taskSeconds(task) / task.scenario.repetitions;
}
