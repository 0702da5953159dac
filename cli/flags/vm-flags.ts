/** The flags of vm clusters: conversion to the specification of the nodes, and to the stored form and back. */
import { resolve } from "node:path";
import type { MachineSpec } from "../../clusters/cluster.ts";
import { DEFAULT_MACHINE } from "../../clusters/vm/vm.ts";
import type { StoredMachine } from "../../results/record.ts";
import { givenNames } from "./given-names.ts";

export interface VmFlags {
  /** Bytes. */
  readonly vmMemory?: number;
  readonly vmCpus?: number;
  readonly vmNics?: number;
  readonly vmUnderlay?: StoredMachine["underlay"];
  readonly vmImage?: string;
  readonly vmKernel?: string;
  readonly vmInitrd?: string;
}

export function vmSpec({ vmMemory, vmCpus, vmNics, vmUnderlay, vmImage, vmKernel, vmInitrd }: VmFlags): MachineSpec {
  const path = (file: string | undefined): string | null => (file === undefined ? null : resolve(file));
  return {
    memory: vmMemory ?? DEFAULT_MACHINE.memory,
    cpus: vmCpus ?? DEFAULT_MACHINE.cpus,
    nics: vmNics ?? DEFAULT_MACHINE.nics,
    underlay: vmUnderlay ?? DEFAULT_MACHINE.underlay,
    ...{ image: path(vmImage), kernel: path(vmKernel), initrd: path(vmInitrd), logs: null },
  };
}

/** Rejects these flags for other cluster kinds. @param problems receives all problems */
export function checkVmFlags(kind: string, flags: VmFlags, problems: string[]): void {
  const given = givenNames({
    "--vm-memory": flags.vmMemory,
    "--vm-cpus": flags.vmCpus,
    "--vm-nics": flags.vmNics,
    "--vm-underlay": flags.vmUnderlay,
    "--vm-image": flags.vmImage,
    "--vm-kernel": flags.vmKernel,
    "--vm-initrd": flags.vmInitrd,
  });
  if (kind !== "vm" && given.length > 0)
    problems.push(`${given.join(", ")}: requires virtual machines; add --cluster vm`);
}

/** Returns the flags of a stored form. @param expandHome restores the home directory in a path */
export function vmFlags(
  { memory, cpus, nics, underlay, image, kernel, initrd }: StoredMachine,
  expandHome: (path: string) => string,
): VmFlags {
  return {
    ...{ vmMemory: memory, vmCpus: cpus, vmNics: nics, vmUnderlay: underlay },
    ...(image === null ? {} : { vmImage: expandHome(image) }),
    ...(kernel === null ? {} : { vmKernel: expandHome(kernel) }),
    ...(initrd === null ? {} : { vmInitrd: expandHome(initrd) }),
  };
}
