/** Runs one repetition of one task on a live deployment, stores its values and emits an event. */
import { messageOf, SkipError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { BackgroundObjects, CpuAccounting } from "../../core/model.ts";
import type { Shell } from "../../core/shell.ts";
import { quoteArgv } from "../../core/text.ts";
import type { ClauseResult } from "../../results/index.ts";
import type { CheckRunner, CpuUsage, Measurement, PairRunner, RunContext, Runner } from "../../runners/index.ts";
import type { Deployment, KubernetesDeployment, PluginDeployment } from "../deploy/live-deployment.ts";
import { whileAwake } from "./awake-cpus.ts";
import { foreignWarnings, watchForeignCpu } from "./foreign-cpu.ts";
import { idleWarnings } from "./idle-usage.ts";
import {
  bounded,
  storeRepetition,
  type RepetitionOutcome,
  type RoleOutput,
  type RepetitionTarget,
} from "./store-outcome.ts";

/** The background objects of a scenario that does not define any. */
const NO_BACKGROUND_OBJECTS: BackgroundObjects = { services: 0, policies: 0, pods: 0 };

export interface RepetitionSetup extends RepetitionTarget {
  readonly deployment: Deployment;
  readonly cpuAccounting: CpuAccounting;
  /** CPU usage of the node before the loads; null if it was not collected, or is not part of the accounting. */
  readonly idle: CpuUsage | null;
  /** The machines whose CPUs are kept awake while latency is measured. */
  readonly machinesToKeepAwake: readonly Shell[];
  /** Whether this host runs the cluster as processes of cnibench, so that all others are foreign. */
  readonly ownsProcesses: boolean;
  /** Root processes of clusters that exist at the same time, whose CPU time is foreign, too. */
  readonly foreignPids: readonly number[];
  /** Rate of the link between two nodes, bit/s; null if unlimited. */
  readonly linkRate: number | null;
  /** Seconds of load after which TCP rates have settled on the network between the nodes, at least. */
  readonly minWarmUp: number;
}

/**
 * Measures and stores one repetition. A failed repetition is stored as failed; an interrupted one is not stored.
 * @throws EnvironmentError if the results cannot be stored; the signal's reason if interrupted
 */
export async function measureRepetition(host: Host, repetition: RepetitionSetup): Promise<void> {
  const { signal, clock } = host;
  const { task, deployment } = repetition;
  const startedAt = clock.date().toISOString();
  const rawOutputs: RoleOutput[] = [];
  const context = {
    duration: task.suite.duration,
    params: task.scenario.params,
    signal,
    keep: (role, output, command) => void rawOutputs.push({ role, output, command: command ?? quoteArgv(output.argv) }),
  } satisfies RunContext;
  const measured = await runTask(host, repetition, context);
  const daemonFailure = deployment.daemons.failure();
  const outcome =
    daemonFailure === null ? await withLostNodes(measured, deployment) : { error: bounded(daemonFailure) };
  signal.throwIfAborted();
  await storeRepetition(repetition, outcome, rawOutputs, startedAt);
}

async function runTask(host: Host, repetition: RepetitionSetup, context: RunContext): Promise<RepetitionOutcome> {
  const { deployment, task } = repetition;
  const { runner, scenario } = task;
  try {
    await deployment.setBackgroundObjects(scenario.standing ?? NO_BACKGROUND_OBJECTS);
    switch (runner.scope) {
      case "pair":
        return { measurement: await runOnPair(host, runner, repetition, context) };
      case "lifecycle": {
        const plugin = requirePlugin(runner, deployment);
        return { measurement: await runner.run({ ...context, deployment: await plugin.onNode() }) };
      }
      case "cluster": {
        const { onCluster } = requireKubernetes(runner, deployment);
        return { measurement: await runner.run({ ...context, deployment: onCluster }) };
      }
      case "checks":
        return { checks: await runChecks(runner, deployment, context) };
    }
  } catch (error) {
    if (error instanceof SkipError && runner.scope !== "checks") return { skip: bounded(error.message) };
    return { error: bounded(messageOf(error)) };
  }
}

async function runOnPair(
  host: Host,
  runner: PairRunner,
  { task: { path }, deployment, linkRate, ...conditions }: RepetitionSetup,
  context: RunContext,
): Promise<Measurement> {
  const { client, server } = await deployment.connectPair(path ?? "host");
  const nodes = client.node.name === server.node.name ? [client.node] : [client.node, server.node];
  const daemons = await deployment.daemons.processes(nodes).catch(() => []); // their metrics are recorded as missing
  const { cpuAccounting, idle, minWarmUp, machinesToKeepAwake, ownsProcesses, foreignPids } = conditions;
  const foreign = ownsProcesses ? watchForeignCpu(host, foreignPids) : () => null;
  const machines = runner.keepsCpusAwake === true ? machinesToKeepAwake : [];
  const measurement = await whileAwake(machines, host.signal, (awake) =>
    runner.run({
      ...context,
      ...{ client, server, daemons, cpuAccounting, awake, idle, minWarmUp },
      linkRate: path === "same-node" ? null : linkRate,
    }),
  );
  return { ...measurement, warnings: [...measurement.warnings, ...idleWarnings(idle), ...foreignWarnings(foreign())] };
}

async function runChecks(
  runner: CheckRunner,
  deployment: Deployment,
  context: RunContext,
): Promise<readonly ClauseResult[]> {
  return runner.target === "cluster"
    ? runner.run({ ...context, deployment: requireKubernetes(runner, deployment).onCluster })
    : runner.run({ ...context, deployment: await requirePlugin(runner, deployment).onNode() });
}

/** The plan gives no such runner to the baseline. */
function requirePlugin(runner: Runner, deployment: Deployment): PluginDeployment {
  if (deployment.kind === "baseline") throw new Error(`${runner.name} cannot measure the baseline`);
  return deployment;
}

/** The plan skips such runners on other clusters. */
function requireKubernetes(runner: Runner, deployment: Deployment): KubernetesDeployment {
  if (deployment.kind !== "kubernetes") throw new Error(`${runner.name} needs a Kubernetes cluster`);
  return deployment;
}

/** Prepends the lost nodes to an error that they may have caused, because such errors rarely name them. */
async function withLostNodes(outcome: RepetitionOutcome, deployment: Deployment): Promise<RepetitionOutcome> {
  if (!("error" in outcome)) return outcome;
  const lost = await deployment.describeLostNodes().catch(() => null);
  return lost === null ? outcome : { error: bounded(`${lost}; ${outcome.error}`) };
}
