/** Identifies the machine of a run: values from one machine can be compared without a reference. */
import type { NoiseMachine } from "../noise/noise-card.ts";
import type { RunFile } from "../record.ts";

/** Returns a key of the facts that a noise card must match; null if one of them is unknown. */
export function machineKey({ environment, versions }: Pick<RunFile, "environment" | "versions">): string | null {
  if (environment === null) return null;
  const { kernel, cpuModel, cpus, arch } = environment;
  if (kernel === null || cpuModel === null) return null;
  return keyOfMachine({ kernel, cpuModel, cpus, arch, cnibench: versions.cnibench });
}

/** Returns the key of a machine whose facts are known. */
export function keyOfMachine({ kernel, cpuModel, cpus, arch, cnibench }: NoiseMachine): string {
  return JSON.stringify([kernel, cpuModel, cpus, arch, cnibench]);
}
