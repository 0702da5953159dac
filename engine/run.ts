/**
 * Runs a plan, turn by turn: each deploys one plugin freshly and measures its tasks, repetition by repetition. Whatever
 * fails is stored as failed and the rest goes on.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { howItEnded, messageOf } from "../core/errors.ts";
import { quoteArgv } from "../core/quote.ts";
import type { RunStore } from "../results/store.ts";
import type { CpuUsage } from "../runners/cpu.ts";
import type { Assets } from "./assets.ts";
import type { KeepLog } from "./daemons.ts";
import { deployHost, deployPlugin, type Deployment } from "./deploy.ts";
import type { Listener } from "./events.ts";
import { measure, storeDeploymentFailure, watchIdle } from "./measure.ts";
import { taskSeconds, type Plan, type Task } from "./plan.ts";
import type { Pod } from "./pods.ts";
import { specFor } from "./spec.ts";
import { Supply } from "./supply.ts";
import type { Turn } from "./schedule.ts";

export interface RunInput {
  readonly plan: Plan;
  /** What of the plan is to be done, in this order. */
  readonly turns: readonly Turn[];
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  /** How many clusters are made together; left out: as many as the machine can. */
  readonly atOnce?: number;
  readonly assets: readonly Assets[];
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly on: Listener;
  /** Called with every cluster that has been made, before anything is deployed. */
  readonly see?: (cluster: Cluster) => Promise<void>;
  /** Called with a lab in which something failed, and with the last one, before it is taken down. */
  readonly keep?: (cluster: Cluster, pods: readonly Pod[]) => Promise<void>;
}

/** @throws EnvironmentError when results cannot be stored; the signal's reason when interrupted. */
export async function runTurns(input: RunInput): Promise<void> {
  const { plan, turns, kind, on, signal } = input;
  const clock = new Clock(turns, kind.deploySeconds);
  const specOf = ({ plugin }: Turn): ClusterSpec => specFor(input.spec, assetsOf(input, plugin)?.plugin ?? null);
  const supply = new Supply({
    kind,
    turns,
    specOf,
    atOnce: input.atOnce ?? kind.maxClustersAtOnce?.(input.spec) ?? 1,
    signal,
  });
  try {
    for (const turn of turns) {
      signal.throwIfAborted();
      on({ kind: "deploying", block: turn.block, blocks: plan.blocks, plugin: turn.plugin });
      await runDeployment(input, turn, supply, clock);
    }
  } finally {
    await supply[Symbol.asyncDispose]();
  }
}

async function runDeployment(input: RunInput, turn: Turn, supply: Supply, clock: Clock): Promise<void> {
  const { kind, store, signal, keep } = input;
  const { block, plugin } = turn;
  const made: Cluster[] = [];
  let failed = false;
  const on: Listener = (event) => {
    failed ||= event.kind === "failed";
    input.on(event);
  };
  try {
    const standing = await stand(async () => {
      const cluster = await supply.take(turn);
      made.push(cluster);
      await input.see?.(cluster);
      return deploy(input, turn, cluster);
    });
    clock.spend(kind.deploySeconds);
    if ("error" in standing) {
      signal.throwIfAborted();
      on({ kind: "failed", plugin, what: `block ${block}`, error: messageOf(standing.error) });
      storeDeploymentFailure(store, turn, standing.error);
    } else {
      await measureTurn({ ...input, on }, turn, standing, clock);
    }
    const pods = "error" in standing ? [] : await standing.deployment.pods();
    if (failed) for (const cluster of made) if (cluster.api === "kubernetes") await cluster.exportLogs?.();
    if (failed || turn === input.turns.at(-1)) for (const cluster of made) await keep?.(cluster, pods);
    if ("deployment" in standing) await standing.deployment.daemons.end();
  } finally {
    for (const cluster of made) await cluster[Symbol.asyncDispose]();
  }
}

async function measureTurn(
  { store, signal, on }: RunInput,
  { block, work }: Turn,
  standing: Standing,
  clock: Clock,
): Promise<void> {
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
  readonly linkRate: number | null;
}

async function deploy(input: RunInput, { block, plugin, work }: Turn, cluster: Cluster): Promise<Standing> {
  const assets = assetsOf(input, plugin);
  const { family = "ipv4", podRange = 24 } = work[0]?.task.scenario ?? {};
  const options = { family, podRange, signal: input.signal, keepLog: logInto(input.store, `${block}-${plugin}`) };
  const deployment =
    assets === undefined ? await deployHost(cluster, options) : await deployPlugin(assets, cluster, options);
  const node = cluster.nodes[0];
  const loads = work.some(({ task: { runner } }) => runner.scope === "pair");
  return {
    deployment,
    idle: loads && node !== undefined ? await watchIdle(node.shell) : null,
    linkRate: cluster.facts.underlayRate,
  };
}

function logInto(store: RunStore, deployment: string): KeepLog {
  return (node, daemon, output) => {
    const head = `# ${quoteArgv(output.argv)} (on ${node}) ${howItEnded(output)}, after ${output.duration.toFixed(3)} s`;
    store.appendLog(`${deployment}/${node}-${daemon}`, `${head}\n${output.stdout}`);
  };
}

/** undefined for the baseline. */
function assetsOf({ assets }: RunInput, plugin: string): Assets | undefined {
  return assets.find((one) => one.plugin.name === plugin);
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

  /** @param deployment seconds to bring one up and down */
  constructor(turns: readonly Turn[], deployment: number) {
    const seconds = ({ work }: Turn): number =>
      work.reduce((sum, { task, reps }) => sum + reps.length * repetitionSeconds(task), deployment);
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
