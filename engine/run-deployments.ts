/**
 * Runs a plan, turn by turn: each deploys one plugin freshly and measures its tasks, repetition by repetition. Whatever
 * fails is stored as failed and the rest goes on.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { describeEnd, messageOf } from "../core/errors.ts";
import { quoteArgv } from "../core/quote.ts";
import type { RunStore } from "../results/store.ts";
import type { CpuUsage } from "../runners/cpu.ts";
import type { Assets } from "./assets.ts";
import type { StoreLog } from "./daemons.ts";
import { deployBaseline, deployPlugin, type Deployment } from "./deploy.ts";
import type { RunListener } from "./events.ts";
import { measureRepetition, storeDeploymentFailure, measureIdle } from "./measure-repetition.ts";
import { taskSeconds, type Plan, type Task } from "./plan.ts";
import type { Pod } from "./pods.ts";
import { clusterSpecFor } from "./cluster-spec.ts";
import { ClusterPool } from "./cluster-pool.ts";
import type { DeploymentSlot } from "./schedule.ts";

export interface RunInput {
  readonly plan: Plan;
  /** What of the plan is to be done, in this order. */
  readonly slots: readonly DeploymentSlot[];
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  /** How many clusters are made together; left out: as many as the machine can. */
  readonly maxConcurrentClusters?: number;
  readonly assets: readonly Assets[];
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly onEvent: RunListener;
  /** Called with every cluster that has been made, before anything is deployed. */
  readonly inspect?: (cluster: Cluster) => Promise<void>;
  /** Called with a lab in which something failed, and with the last one, before it is taken down. */
  readonly keepLab?: (cluster: Cluster, pods: readonly Pod[]) => Promise<void>;
}

/** @throws EnvironmentError when results cannot be stored; the signal's reason when interrupted. */
export async function runDeployments(input: RunInput): Promise<void> {
  const { plan, slots, kind, onEvent, signal } = input;
  const remaining = new RemainingTime(slots, kind.deploySeconds);
  const specOf = ({ plugin }: DeploymentSlot): ClusterSpec =>
    clusterSpecFor(input.spec, assetsOf(input, plugin)?.plugin ?? null);
  const pool = new ClusterPool({
    kind,
    slots,
    specOf,
    maxConcurrent: input.maxConcurrentClusters ?? kind.maxClustersAtOnce?.(input.spec) ?? 1,
    signal,
  });
  try {
    for (const slot of slots) {
      signal.throwIfAborted();
      onEvent({ kind: "deploying", block: slot.block, blocks: plan.blocks, plugin: slot.plugin });
      await runSlot(input, slot, pool, remaining);
    }
  } finally {
    await pool[Symbol.asyncDispose]();
  }
}

async function runSlot(
  input: RunInput,
  slot: DeploymentSlot,
  pool: ClusterPool,
  remaining: RemainingTime,
): Promise<void> {
  const { kind, store, signal, keepLab } = input;
  const { block, plugin } = slot;
  const clusters: Cluster[] = [];
  let failed = false;
  const onEvent: RunListener = (event) => {
    failed ||= event.kind === "failed";
    input.onEvent(event);
  };
  try {
    const result = await tryDeploy(async () => {
      const cluster = await pool.take(slot);
      clusters.push(cluster);
      await input.inspect?.(cluster);
      return deploySlot(input, slot, cluster);
    });
    remaining.subtract(kind.deploySeconds);
    if ("error" in result) {
      signal.throwIfAborted();
      onEvent({ kind: "failed", plugin, subject: `block ${block}`, error: messageOf(result.error) });
      storeDeploymentFailure(store, slot, result.error);
    } else {
      await measureSlot({ ...input, onEvent }, slot, result, remaining);
    }
    const pods = "error" in result ? [] : await result.deployment.pods();
    if (failed) for (const cluster of clusters) if (cluster.api === "kubernetes") await cluster.exportLogs?.();
    if (failed || slot === input.slots.at(-1)) for (const cluster of clusters) await keepLab?.(cluster, pods);
    if ("deployment" in result) await result.deployment.daemons.stop();
  } finally {
    for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
  }
}

async function measureSlot(
  { store, signal, onEvent }: RunInput,
  { block, work }: DeploymentSlot,
  live: LiveDeployment,
  remaining: RemainingTime,
): Promise<void> {
  for (const { task, reps } of work) {
    for (const rep of reps) {
      onEvent({ kind: "measuring", block, task, rep, secondsLeft: remaining.seconds });
      await measureRepetition({ task, block, rep, ...live, store, signal, onEvent });
      remaining.subtract(repetitionSeconds(task));
    }
  }
}

interface LiveDeployment {
  readonly deployment: Deployment;
  readonly idle: CpuUsage | null;
  readonly linkRate: number | null;
}

async function deploySlot(
  input: RunInput,
  { block, plugin, work }: DeploymentSlot,
  cluster: Cluster,
): Promise<LiveDeployment> {
  const assets = assetsOf(input, plugin);
  const { family = "ipv4", podRange = 24 } = work[0]?.task.scenario ?? {};
  const options = { family, podRange, signal: input.signal, storeLog: storeLogsIn(input.store, `${block}-${plugin}`) };
  const deployment =
    assets === undefined ? await deployBaseline(cluster, options) : await deployPlugin(assets, cluster, options);
  const node = cluster.nodes[0];
  const loads = work.some(({ task: { runner } }) => runner.scope === "pair");
  return {
    deployment,
    idle: loads && node !== undefined ? await measureIdle(node.shell) : null,
    linkRate: cluster.facts.underlayRate,
  };
}

function storeLogsIn(store: RunStore, deployment: string): StoreLog {
  return (node, daemon, output) => {
    const head = `# ${quoteArgv(output.argv)} (on ${node}) ${describeEnd(output)}, after ${output.duration.toFixed(3)} s`;
    store.appendLog(`${deployment}/${node}-${daemon}`, `${head}\n${output.stdout}`);
  };
}

/** undefined for the baseline. */
function assetsOf({ assets }: RunInput, plugin: string): Assets | undefined {
  return assets.find((one) => one.plugin.name === plugin);
}

async function tryDeploy(deploy: () => Promise<LiveDeployment>): Promise<LiveDeployment | { readonly error: unknown }> {
  try {
    return await deploy();
  } catch (error) {
    return { error };
  }
}

/** The time left, from the estimates of what is to be done. */
class RemainingTime {
  #seconds: number;

  /** @param deployment seconds to bring one up and down */
  constructor(slots: readonly DeploymentSlot[], deployment: number) {
    const seconds = ({ work }: DeploymentSlot): number =>
      work.reduce((sum, { task, reps }) => sum + reps.length * repetitionSeconds(task), deployment);
    this.#seconds = slots.reduce((sum, slot) => sum + seconds(slot), 0);
  }

  /** Seconds. */
  get seconds(): number {
    return Math.max(0, this.#seconds);
  }

  subtract(seconds: number): void {
    this.#seconds -= seconds;
  }
}

function repetitionSeconds(task: Task): number {
  return taskSeconds(task) / task.scenario.repetitions;
}
