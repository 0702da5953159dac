/**
 * Runs the deployments of a plan one by one: deploys a plugin on a fresh cluster and measures its tasks, repetition by
 * repetition. Failures are stored, and the run continues.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import { messageOf } from "../../core/errors.ts";
import { describeEnd } from "../../core/shell.ts";
import { quoteArgv } from "../../core/text.ts";
import type { Host } from "../../core/host.ts";
import type { RunStore } from "../../results/index.ts";
import type { Assets } from "../preflight/assets.ts";
import type { Deployment, StoreLog } from "../deploy/live-deployment.ts";
import { minWarmUpOf } from "../deploy/min-warm-up.ts";
import { clusterSpecFor, deployBaseline, deployPlugin } from "../deploy/deploy.ts";
import type { RunListener } from "./events.ts";
import { machinesToKeepAwake } from "./awake-cpus.ts";
import { measureIdle } from "./idle-usage.ts";
import { measureRepetition, type RepetitionSetup } from "./measure-repetition.ts";
import { taskSeconds, type Plan, type Task } from "../plan/make-plan.ts";
import type { DeployedPod } from "../deploy/endpoints.ts";
import { ClusterPool } from "../deploy/cluster-pool.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";
import { NO_STOPPING, type Stopping } from "./stopping.ts";
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
  readonly onEvent: RunListener;
  /** Called with each cluster before anything is deployed. */
  readonly inspect?: (cluster: Cluster) => Promise<void>;
  readonly keepLab?: KeepLab;
  /** Whether to keep CPUs awake during latency loads. */
  readonly keepAwake: boolean;
  /** Default: no suite stops before its last block. */
  readonly stopping?: Stopping;
}

/** Called with the last lab, and with any lab in which something failed, before it is removed. */
export type KeepLab = (cluster: Cluster, pods: readonly DeployedPod[]) => Promise<void>;

/** Runs all deployments. @throws EnvironmentError if results cannot be stored; the signal's reason if interrupted */
export async function runDeployments(host: Host, input: RunInput): Promise<void> {
  const { plan, slots, kind, spec, assets, onEvent, stopping = NO_STOPPING } = input;
  const { signal } = host;
  const remaining = new RemainingTime(slots, kind.deploySeconds);
  const assetsOf = ({ plugin }: DeploymentSlot): Assets | null =>
    assets.find((one) => one.plugin.name === plugin) ?? null;
  const pool = new ClusterPool(host, {
    kind,
    slots,
    specOf: (slot) => clusterSpecFor(spec, assetsOf(slot)?.plugin ?? null),
    maxConcurrent: input.maxConcurrentClusters ?? kind.maxClustersAtOnce?.(spec) ?? 1,
  });
  try {
    for (const [index, planned] of slots.entries()) {
      signal.throwIfAborted();
      await stopping.afterBlock(planned.block - 1);
      const slot = stopping.remainingOf(planned);
      if (slot === null) continue;
      const later = slots.slice(index + 1);
      onEvent({ kind: "deploying", block: slot.block, plan, plugin: slot.plugin });
      await runSlot(host, {
        ...input,
        slot,
        assets: assetsOf(slot),
        isLast: async () => {
          if (later[0]?.block !== slot.block) await stopping.afterBlock(slot.block);
          return !later.some((one) => stopping.remainingOf(one) !== null);
        },
        takeCluster: () => pool.take(planned),
        remaining,
      });
    }
    await stopping.afterBlock(slots.at(-1)?.block ?? 0);
  } finally {
    await pool[Symbol.asyncDispose]();
  }
}

/** What one deployment needs from its run. */
interface SlotInput extends Pick<RunInput, "store" | "onEvent" | "inspect" | "keepLab" | "keepAwake"> {
  readonly slot: DeploymentSlot;
  /** null for the baseline. */
  readonly assets: Assets | null;
  /** Asked after the measurements, which may end the run. */
  readonly isLast: () => Promise<boolean>;
  readonly takeCluster: () => Promise<Cluster>;
  readonly remaining: RemainingTime;
}

async function runSlot(host: Host, input: SlotInput): Promise<void> {
  const { remaining } = input;
  let failed = false;
  const onEvent: RunListener = (event) => {
    failed ||= event.kind === "failed";
    input.onEvent(event);
  };
  const watched = { ...input, onEvent };
  const cluster = await orFailure(host, watched, input.takeCluster());
  try {
    const live = cluster === null ? null : await orFailure(host, watched, inspectAndDeploy(host, cluster, watched));
    remaining.subtractDeployment();
    if (live !== null) await measureSlot(host, watched, live);
    if (cluster !== null) await endSlot(cluster, live?.deployment ?? null, { ...input, failed });
  } finally {
    await cluster?.[Symbol.asyncDispose]();
  }
}

/** Exports the logs of a failure, lets the user look at the lab, and stops the daemons. */
async function endSlot(
  cluster: Cluster,
  deployment: Deployment | null,
  { failed, isLast, keepLab }: SlotInput & { readonly failed: boolean },
): Promise<void> {
  if (failed) await cluster.exportLogs?.();
  if ((await isLast()) || failed) await keepLab?.(cluster, (await deployment?.pods()) ?? []);
  await deployment?.daemons.stop();
}

/**
 * Stores the failure of a deployment step.
 * @returns null if the step failed
 * @throws the signal's reason: an interrupted deployment has not failed
 */
async function orFailure<T>(host: Host, { slot, store, onEvent }: SlotInput, step: Promise<T>): Promise<T | null> {
  try {
    return await step;
  } catch (error) {
    host.signal.throwIfAborted();
    onEvent({ kind: "failed", plugin: slot.plugin, subject: `block ${slot.block}`, error: messageOf(error) });
    storeDeploymentFailure(host, store, slot, error);
    return null;
  }
}

/** A deployment with the conditions under which it is measured. */
type LiveDeployment = Pick<
  RepetitionSetup,
  "deployment" | "cpuAccounting" | "idle" | "ownsProcesses" | "machinesToKeepAwake" | "linkRate" | "minWarmUp"
>;

/** Inspects the cluster, deploys the plugin or the baseline, and measures the idle node if loads follow. */
async function inspectAndDeploy(
  host: Host,
  cluster: Cluster,
  { slot: { block, plugin, work }, assets, store, inspect, keepAwake }: SlotInput,
): Promise<LiveDeployment> {
  await inspect?.(cluster);
  const { family = "ipv4", podRange = 24 } = work[0]?.task.scenario ?? {};
  const options = { family, podRange, storeLog: storeLogsIn(store, `${block}-${plugin}`) };
  const deployment =
    assets === null ? await deployBaseline(host, cluster, options) : await deployPlugin(host, assets, cluster, options);
  const node = cluster.nodes[0];
  const { cpuAccounting, underlayRate: linkRate } = cluster.facts;
  const needsIdle = cpuAccounting === "machine" && work.some(({ task: { runner } }) => runner.scope === "pair");
  return {
    ...{ deployment, cpuAccounting, linkRate },
    idle: needsIdle && node !== undefined ? await measureIdle(host.clock, node.shell) : null,
    ownsProcesses: cluster.api === "bare",
    machinesToKeepAwake: machinesToKeepAwake(cluster, keepAwake),
    minWarmUp: minWarmUpOf(cluster.facts),
  };
}

async function measureSlot(
  host: Host,
  { slot: { block, work }, store, onEvent, remaining }: SlotInput,
  live: LiveDeployment,
): Promise<void> {
  for (const { task, reps } of work) {
    for (const rep of reps) {
      onEvent({ kind: "measuring", block, task, rep, secondsLeft: remaining.seconds });
      await measureRepetition(host, { task, block, rep, ...live, store, onEvent });
      remaining.subtractRepetition(task);
    }
  }
}

function storeLogsIn(store: RunStore, deployment: string): StoreLog {
  return (node, daemon, output) => {
    const command = `${quoteArgv(output.argv)} (on ${node})`;
    const head = `# ${command} ${describeEnd(output)}, after ${output.duration.toFixed(3)} s`;
    store.appendLog(`${deployment}/${node}-${daemon}`, `${head}\n${output.stdout}`);
  };
}

/** The estimated time until the end of the run. */
class RemainingTime {
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
