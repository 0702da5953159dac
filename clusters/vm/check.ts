/** What stands in the way of VM clusters, before anything is started. */
import { freemem, totalmem } from "node:os";
import type { Problem } from "../../core/model.ts";
import { localShell } from "../../core/local.ts";
import { findTool } from "../../core/tools/find.ts";
import type { ClusterSpec, MachineSpec } from "../cluster.ts";
import { imageProblems } from "./image.ts";
import { platformOf } from "./platform.ts";

/** The first QEMU with networks over Unix sockets. */
const MIN_QEMU_VERSION = [7, 2] as const;

/** @param builtDir folder of the image that cnibench built. */
export async function checkMachines(
  { nodes }: ClusterSpec,
  machine: MachineSpec,
  builtDir: string,
): Promise<readonly Problem[]> {
  const { qemu } = platformOf();
  return [
    ...(await checkQemu(qemu, findTool(qemu))),
    ...checkMemory(nodes, machine),
    ...imageProblems(machine, builtDir),
  ];
}

/** @param path null: it is not here */
export async function checkQemu(name: string, path: string | null): Promise<readonly Problem[]> {
  if (path === null) return [{ message: `${name} is not here`, fix: "cnibench setup --cluster vm" }];
  const { stdout } = await localShell().exec([path, "--version"], { timeout: 10 });
  const [, major = "0", minor = "0"] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  const [oldMajor, oldMinor] = MIN_QEMU_VERSION;
  const supported = Number(major) > oldMajor || (Number(major) === oldMajor && Number(minor) >= oldMinor);
  return supported
    ? []
    : [
        {
          message: `QEMU ${major}.${minor} is too old; VM clusters need ${oldMajor}.${oldMinor} or newer`,
          fix: "a newer release of the system",
        },
      ];
}

export function checkMemory(nodes: number, { memory }: MachineSpec): readonly Problem[] {
  const needed = nodes * memory;
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  if (needed <= totalmem()) return [];
  return [
    {
      message: `${nodes} nodes of ${mib(memory)} are more than the ${mib(totalmem())} of this machine (${mib(freemem())} free)`,
      fix: "a smaller --vm-memory, or fewer --nodes",
    },
  ];
}
