/** Decides whether the CPUs of virtual machines may be kept awake: busy virtual CPUs need CPUs of this host. */
import { availableParallelism } from "node:os";
import type { Shell } from "../../core/shell.ts";
import type { NodeCpus } from "../cluster.ts";

interface MachineCpus {
  /** Of each node. */
  readonly cpus: number;
  readonly emulated: boolean;
}

export function nodeCpus(
  nodes: readonly Shell[],
  { cpus, emulated }: MachineCpus,
  available = availableParallelism(),
): NodeCpus {
  if (emulated) return { leaveIdle: "the CPUs of the nodes are emulated" };
  const needed = nodes.length * cpus;
  return needed <= available
    ? { machines: nodes }
    : { leaveIdle: `the nodes have ${needed} CPUs, and this host has ${available}` };
}
