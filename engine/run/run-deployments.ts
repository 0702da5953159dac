/**
 * Runs the deployments of a plan one by one: deploys a plugin on a fresh cluster and measures its tasks, repetition by
 * repetition. Failures are stored, and the run continues.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../../clusters/cluster.ts";
import { describeEnd, messageOf } from "../../core/errors.ts";
import { quoteArgv } from "../../core/quote.ts";
import type { RunStore } from "../../results/store.ts";
import type { Assets } from "../preflight/assets.ts";
import type { StoreLog } from "../deploy/bare/daemons.ts";
import { deployBaseline, deployPlugin } from "../deploy/deploy.ts";
import type { RunListener } from "./events.ts";
import { measureIdle } from "./idle-usage.ts";
import { measureRepetition, type Repetition } from "./measure-repetition.ts";
import { taskSeconds, type Plan, type Task } from "../plan/plan.ts";
import type { Pod } from "../deploy/bare/pods.ts";
import { clusterSpecFor } from "../plan/cluster-spec.ts";
import { ClusterPool } from "../deploy/cluster-pool.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";
import { storeDeploymentFailure } from "./store-outcome.ts";

export interface RunInput {
  readonly plan: Plan;
  /** The deployments to run, in order. */
  readonly slots: readonly DeploymentSlot[];
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  /** Number of clusters to create together. Default: the limit of this machine. */
  readonly maxConcurrentClusters?: number;
  readonly assets: readonly Assets[];
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly onEvent: RunListener;
  /** Called with each cluster before anything is deployed. */
  readonly inspect?: (cluster: Cluster) => Promise<void>;
  /** Called with the last lab, and with any lab in which something failed, before it is removed. */
  readonly keepLab?: (cluster: Cluster, pods: readonly Pod[]) => Promise<void>;
}

/** Runs all deployments. @throws EnvironmentError if results cannot be stored; the signal's reason if interrupted */
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
  const created: Cluster[] = [];
  let failed = false;
  const onEvent: RunListener = (event) => {
    failed ||= event.kind === "failed";
    input.onEvent(event);
  };
  try {
    const result = await tryDeploy(async () => {
      const cluster = await pool.take(slot);
      created.push(cluster);
      await input.inspect?.(cluster);
      return deploySlot(input, slot, cluster);
    });
    remaining.subtract(input.kind.deploySeconds);
    if ("error" in result) reportDeploymentFailure({ ...input, onEvent }, slot, result.error);
    else await measureSlot({ ...input, onEvent }, slot, result, remaining);
    const pods = "error" in result ? [] : await result.deployment.pods();
    for (const cluster of created) {
      if (failed && cluster.api === "kubernetes") await cluster.exportLogs?.();
      if (failed || slot === input.slots.at(-1)) await input.keepLab?.(cluster, pods);
    }
    if ("deployment" in result) await result.deployment.daemons.stop();
  } finally {
    for (const cluster of created) await cluster[Symbol.asyncDispose]();
  }
}

/** @throws the signal's reason: an interrupted deployment has not failed */
function reportDeploymentFailure({ store, signal, onEvent }: RunInput, slot: DeploymentSlot, error: unknown): void {
  signal.throwIfAborted();
  onEvent({ kind: "failed", plugin: slot.plugin, subject: `block ${slot.block}`, error: messageOf(error) });
  storeDeploymentFailure(store, slot, error);
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

/** A deployment with the conditions under which it is measured. */
type LiveDeployment = Pick<Repetition, "deployment" | "idle" | "linkRate">;

/** Deploys the plugin of a slot, or the baseline, and measures the idle node if loads follow. */
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
  const hasLoads = work.some(({ task: { runner } }) => runner.scope === "pair");
  return {
    deployment,
    idle: hasLoads && node !== undefined ? await measureIdle(node.shell) : null,
    linkRate: cluster.facts.underlayRate,
  };
}

function storeLogsIn(store: RunStore, deployment: string): StoreLog {
  return (node, daemon, output) => {
    const command = `${quoteArgv(output.argv)} (on ${node})`;
    const head = `# ${command} ${describeEnd(output)}, after ${output.duration.toFixed(3)} s`;
    store.appendLog(`${deployment}/${node}-${daemon}`, `${head}\n${output.stdout}`);
  };
}

/** Returns the assets of a plugin; undefined for the baseline. */
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

/** The estimated time until the end of the run. */
class RemainingTime {
  #seconds: number;

  /** @param perDeployment seconds to create and remove one deployment */
  constructor(slots: readonly DeploymentSlot[], perDeployment: number) {
    const seconds = ({ work }: DeploymentSlot): number =>
      work.reduce((sum, { task, reps }) => sum + reps.length * repetitionSeconds(task), perDeployment);
    this.#seconds = slots.reduce((sum, slot) => sum + seconds(slot), 0);
  }

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
