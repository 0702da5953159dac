/** Keeps the CPUs of a cluster awake during latency loads (docs/method.md, "Load"). */
import type { Cluster } from "../../clusters/index.ts";
import type { AwakeFacts, AwakeMeans } from "../../core/keep-awake.ts";
import { keepCpusAwake } from "../../core/keep-awake.ts";
import type { Shell } from "../../core/shell.ts";

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
