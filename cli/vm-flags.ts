/** The flags of nodes that are virtual machines. */
import { resolve } from "node:path";
import type { MachineSpec } from "../clusters/cluster.ts";
import { DEFAULT_MACHINE } from "../clusters/vm/vm.ts";
import type { StoredMachine } from "../results/record.ts";

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

/** Problems are added to `problems`: other kinds of cluster have no use for these flags. */
export function checkVmFlags(kind: string, flags: VmFlags, problems: string[]): void {
  const names = {
    vmMemory: "--vm-memory",
    vmCpus: "--vm-cpus",
    vmNics: "--vm-nics",
    vmUnderlay: "--vm-underlay",
    vmImage: "--vm-image",
    vmKernel: "--vm-kernel",
    vmInitrd: "--vm-initrd",
  } as const;
  const given = Object.entries(names).flatMap(([key, name]) =>
    flags[key as keyof VmFlags] === undefined ? [] : [name],
  );
  if (kind !== "vm" && given.length > 0)
    problems.push(`${given.join(", ")}: only nodes that are virtual machines have these; add --cluster vm`);
}

/** What a run keeps of them. @param abbreviateHome makes a path that does not name the user. */
export function storedVm(
  { logs: _, image, kernel, initrd, ...size }: MachineSpec,
  abbreviateHome: (path: string) => string,
): StoredMachine {
  const path = (file: string | null): string | null => (file === null ? null : abbreviateHome(file));
  return { ...size, image: path(image), kernel: path(kernel), initrd: path(initrd) };
}

/** @param expandHome undoes what shortened the paths. */
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
