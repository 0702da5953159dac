/** The options of vm clusters: the hardware and the boot files of the machines. */
import { resolve } from "node:path";
import { integerParser, parseMemory } from "../../core/quantities.ts";
import type { StoredMachine, StoredOptions } from "../../results/index.ts";
import type { KindOptions } from "../option-spec.ts";
import { bootFileProblems } from "./boot-files.ts";

/** The hardware and boot files of each virtual machine. Paths are absolute. */
export type MachineOptions = StoredMachine;

/** The machine without any `--vm-...` flags. */
export const DEFAULT_MACHINE: MachineOptions = {
  memory: 2 ** 30,
  cpus: 1,
  nics: 1,
  underlay: "sockets",
  image: null,
  kernel: null,
  initrd: null,
};

export interface VmFlags {
  /** Bytes. */
  readonly vmMemory?: number;
  readonly vmCpus?: number;
  readonly vmNics?: number;
  readonly vmUnderlay?: MachineOptions["underlay"];
  readonly vmImage?: string;
  readonly vmKernel?: string;
  readonly vmInitrd?: string;
}

/** Values of the options of `cnibench setup`. */
export interface VmSetupFlags extends Pick<VmFlags, "vmImage"> {
  /** URL of a Debian archive. */
  readonly vmArchive?: string;
}

export const vmOptions = {
  specs: [
    {
      flags: "--vm-memory <size>",
      description: "memory of each node: 512M, 2G",
      defaultText: "1G",
      parse: parseMemory,
    },
    { flags: "--vm-cpus <n>", description: "CPUs of each node", defaultText: "1", parse: integerParser(1, 64) },
    {
      flags: "--vm-nics <n>",
      description: "number of networks between the nodes; each is an interface: eth0, net1, ...",
      defaultText: "1",
      parse: integerParser(1, 8),
    },
    {
      flags: "--vm-underlay <type>",
      description: "links between the nodes",
      defaultText: "sockets",
      choices: ["sockets", "tap"],
    },
    {
      flags: "--vm-image <file>",
      description: "disk image of the nodes, raw or qcow2; requires --vm-kernel",
    },
    { flags: "--vm-kernel <file>", description: "kernel of the nodes" },
    { flags: "--vm-initrd <file>", description: "initrd for --vm-kernel" },
    {
      flags: "--vm-archive <url>",
      description: "Debian archive to build the node image from, remembered for later builds",
      defaultText: "the archive of this machine",
      commands: ["setup"],
    },
  ],
  requirement: () => "requires virtual machines; add --cluster vm",
  parse: (
    { vmMemory, vmCpus, vmNics, vmUnderlay, vmImage, vmKernel, vmInitrd }: VmFlags,
    problems: string[],
  ): MachineOptions => {
    const path = (file: string | undefined): string | null => (file === undefined ? null : resolve(file));
    const files = { image: path(vmImage), kernel: path(vmKernel), initrd: path(vmInitrd) };
    problems.push(...bootFileProblems(files));
    return {
      memory: vmMemory ?? DEFAULT_MACHINE.memory,
      cpus: vmCpus ?? DEFAULT_MACHINE.cpus,
      nics: vmNics ?? DEFAULT_MACHINE.nics,
      underlay: vmUnderlay ?? DEFAULT_MACHINE.underlay,
      ...files,
    };
  },
  toStored: (
    { image, kernel, initrd, ...size }: MachineOptions,
    abbreviateHome: (path: string) => string,
  ): StoredOptions => {
    const path = (file: string | null): string | null => (file === null ? null : abbreviateHome(file));
    return { machine: { ...size, image: path(image), kernel: path(kernel), initrd: path(initrd) } };
  },
  toFlags: ({ machine }: StoredOptions, expandHome: (path: string) => string): VmFlags => {
    if (machine === undefined) return {};
    const { memory, cpus, nics, underlay, image, kernel, initrd } = machine;
    return {
      ...{ vmMemory: memory, vmCpus: cpus, vmNics: nics, vmUnderlay: underlay },
      ...(image === null ? {} : { vmImage: expandHome(image) }),
      ...(kernel === null ? {} : { vmKernel: expandHome(kernel) }),
      ...(initrd === null ? {} : { vmInitrd: expandHome(initrd) }),
    };
  },
} as const satisfies KindOptions;
