/** Deploys the slots of a round, measures them in turn and removes them. */
import type { Cluster } from "../../clusters/index.ts";
import { messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { describeEnd } from "../../core/shell.ts";
import { quoteArgv } from "../../core/text.ts";
import type { RunStore } from "../../results/index.ts";
import { deployBaseline, deployPlugin } from "../deploy/deploy.ts";
import type { DeployedPod } from "../deploy/endpoints.ts";
import type { StoreLog } from "../deploy/live-deployment.ts";
import { minWarmUpOf } from "../deploy/min-warm-up.ts";
import { turnsOf } from "../plan/interleave.ts";
import type { Plan } from "../plan/make-plan.ts";
import type { DeploymentSlot, PendingTask } from "../plan/schedule.ts";
import type { Assets } from "../preflight/assets.ts";
import { machinesToKeepAwake } from "./awake-cpus.ts";
import type { RunListener } from "./events.ts";
import { measureIdle } from "./idle-usage.ts";
import { measureRepetition, type RepetitionSetup } from "./measure-repetition.ts";
import type { RemainingTime } from "./remaining-time.ts";
import { storeDeploymentFailure } from "./store-outcome.ts";

/** Called with the last lab, and with any lab in which something failed, before it is removed. */
export type KeepLab = (cluster: Cluster, pods: readonly DeployedPod[]) => Promise<void>;

/** The input that the slots of a run share. */
export interface SharedInput {
  readonly plan: Plan;
  readonly store: RunStore;
  readonly onEvent: RunListener;
  /** Called with each cluster before anything is deployed. */
  readonly inspect?: (cluster: Cluster) => Promise<void>;
  readonly keepLab?: KeepLab;
  /** Whether to keep CPUs awake during latency loads. */
  readonly keepAwake: boolean;
}

/** The input of one slot. */
export interface SlotInput extends SharedInput {
  readonly slot: DeploymentSlot;
  /** null for the baseline. */
  readonly assets: Assets | null;
  /** Asked after the measurements of the round, which may end the run. */
  readonly isLast: () => Promise<boolean>;
  readonly takeCluster: () => Promise<Cluster>;
  readonly remaining: RemainingTime;
}

/** A slot whose deployment exists. */
interface DeployedSlot extends SlotInput {
  readonly cluster: Cluster;
  readonly live: LiveDeployment;
  readonly hasFailed: () => boolean;
}

/** A deployment with the conditions under which it is measured. */
type LiveDeployment = Pick<
  RepetitionSetup,
  "deployment" | "cpuAccounting" | "idle" | "ownsProcesses" | "machinesToKeepAwake" | "linkRate" | "minWarmUp"
>;

/**
 * Runs the slots of a round. All are deployed before the first measurement and removed after the last one, except a
 * failed deployment, which is removed before the next slot is deployed: it could disturb the others.
 * @throws EnvironmentError if results cannot be stored; the signal's reason if interrupted
 */
export async function runRound(host: Host, inputs: readonly SlotInput[]): Promise<void> {
  const slots: DeployedSlot[] = [];
  try {
    for (const input of inputs) {
      const slot = await deploySlot(host, input);
      if (slot !== null) slots.push(slot);
    }
    for (const { deployed, pending } of turnsOf(slots, inputs[0]?.plan.tasks ?? [])) {
      const others = slots.filter((slot) => slot !== deployed);
      const foreignPids = others.flatMap(({ cluster }) => cluster.rootPids ?? []);
      await measureTask(host, deployed, pending, foreignPids);
    }
    for (const slot of slots) await endSlot(slot);
  } finally {
    await disposeAll(slots);
  }
}

/** Removes all clusters, also if one cannot be removed, so that none outlives the run. @throws the first error */
async function disposeAll(slots: readonly DeployedSlot[]): Promise<void> {
  const results = await Promise.allSettled(slots.map(async ({ cluster }) => cluster[Symbol.asyncDispose]()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Deploys a slot on a fresh cluster. @returns null if that failed; the failure is stored and the cluster removed */
async function deploySlot(host: Host, input: SlotInput): Promise<DeployedSlot | null> {
  const { slot, plan, remaining, keepLab } = input;
  let failed = false;
  const onEvent: RunListener = (event) => {
    failed ||= event.kind === "failed";
    input.onEvent(event);
  };
  const watched = { ...input, onEvent };
  onEvent({ kind: "deploying", block: slot.block, plan, plugin: slot.plugin });
  remaining.subtractDeployment();
  const cluster = await orFailure(host, watched, input.takeCluster());
  if (cluster === null) return null;
  let live: LiveDeployment | null = null;
  try {
    live = await orFailure(host, watched, inspectAndDeploy(host, cluster, watched));
    if (live !== null) return { ...watched, cluster, live, hasFailed: () => failed };
    await cluster.exportLogs?.();
    await keepLab?.(cluster, []);
    return null;
  } finally {
    if (live === null) await cluster[Symbol.asyncDispose]();
  }
}

/** Exports the logs of a failure, lets the user look at the lab, and stops the daemons. */
async function endSlot({ isLast, keepLab, cluster, live: { deployment }, hasFailed }: DeployedSlot): Promise<void> {
  if (hasFailed()) await cluster.exportLogs?.();
  if ((await isLast()) || hasFailed()) await keepLab?.(cluster, await deployment.pods());
  await deployment.daemons.stop();
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
    const tasks = slot.work.map(({ task }) => task);
    onEvent({ kind: "failed", plugin: slot.plugin, subject: `block ${slot.block}`, error: messageOf(error), tasks });
    storeDeploymentFailure(host, store, slot, error);
    return null;
  }
}

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

/** Measures the pending repetitions of a task. @param foreignPids root processes of the other clusters of the round */
async function measureTask(
  host: Host,
  { slot: { block }, store, onEvent, remaining, live }: DeployedSlot,
  { task, reps }: PendingTask,
  foreignPids: readonly number[],
): Promise<void> {
  for (const rep of reps) {
    onEvent({ kind: "measuring", block, task, rep, secondsLeft: remaining.seconds });
    await measureRepetition(host, { task, block, rep, ...live, foreignPids, store, onEvent });
    remaining.subtractRepetition(task);
  }
}

function storeLogsIn(store: RunStore, deployment: string): StoreLog {
  return (node, daemon, output) => {
    const command = `${quoteArgv(output.argv)} (on ${node})`;
    const head = `# ${command} ${describeEnd(output)}, after ${output.duration.toFixed(3)} s`;
    store.appendLog(`${deployment}/${node}-${daemon}`, `${head}\n${output.stdout}`);
  };
}
