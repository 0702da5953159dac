/** Keeps the CPUs of a cluster awake during latency loads (docs/method.md, "Load"). */
import type { Cluster } from "../../clusters/index.ts";
import type { AwakeFacts, AwakeMeans } from "../../core/keep-awake.ts";
import { keepCpusAwake } from "../../core/keep-awake.ts";
import type { Shell } from "../../core/shell.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";

/** Returns the machines whose CPUs to keep awake. @param wanted false: `--no-keep-awake` */
export function machinesToKeepAwake({ cpus }: Cluster, wanted: boolean): readonly Shell[] {
  return wanted && "machines" in cpus ? cpus.machines : [];
}

/** Determines how the CPUs of a cluster are kept awake, by doing so for a moment. @throws the signal's reason */
export async function awakeFacts(cluster: Cluster, wanted: boolean, signal: AbortSignal): Promise<AwakeFacts> {
  if (!wanted) return { means: null, reason: "--no-keep-awake" };
  if ("leaveIdle" in cluster.cpus) return { means: null, reason: cluster.cpus.leaveIdle };
  const [machine] = cluster.cpus.machines;
  if (machine === undefined) return { means: null, reason: "the cluster has no nodes" };
  const awake = await keepCpusAwake(machine, signal);
  await awake.stop();
  return awake.facts;
}

/**
 * Returns a warning if latencies contain the wake-up of idle CPUs. No figure of it exists: on CPUs that cannot be kept
 * awake, there is nothing to compare with, and what the kernel states omits the hypervisor.
 */
export function idleCpuWarnings(facts: AwakeFacts, slots: readonly DeploymentSlot[]): Warning[] {
  const measured = slots.flatMap(({ work }) => work.map(({ task }) => task));
  const latencies = measured.filter(({ runner }) => "keepsCpusAwake" in runner && runner.keepsCpusAwake);
  if (facts.means !== null || latencies.length === 0) return [];
  const scenarios = [...new Set(latencies.map(({ suite, scenario }) => `${suite.name}/${scenario.name}`))];
  const message =
    `CPUs were not kept awake (${facts.reason}): latencies of ${scenarios.join(", ")} contain the wake-up of idle ` +
    "CPUs, which can take longer than a packet and differs between blocks; compare them with the baseline, not with " +
    "runs whose CPUs were awake";
  return [{ code: "idle-cpus", message }];
}

/** Calls `measure` while the CPUs of all machines are kept awake, if they allow it. @throws the signal's reason */
export async function whileAwake<T>(
  machines: readonly Shell[],
  signal: AbortSignal,
  measure: (means: AwakeMeans | null) => Promise<T>,
): Promise<T> {
  const awake = await Promise.all(machines.map((machine) => keepCpusAwake(machine, signal)));
  try {
    return await measure(awake[0]?.facts.means ?? null);
  } finally {
    await Promise.all(awake.map((one) => one.stop()));
  }
}
