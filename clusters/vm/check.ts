/** Checks the prerequisites of VM clusters. Starts nothing. */
import { freemem, totalmem } from "node:os";
import type { Problem } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import { findTool } from "../../tools/find.ts";
import type { ClusterSpec, MachineSpec } from "../cluster.ts";
import { imageProblems } from "./image.ts";
import { platformOf } from "./platform.ts";

/** The first QEMU version that connects networks over Unix sockets. */
const MIN_QEMU_VERSION = [7, 2] as const;

/**
 * Returns everything that prevents the creation of these machines.
 * @param builtDir directory of the image built by cnibench
 */
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

/** Checks the version of QEMU. @param path null: not found */
export async function checkQemu(name: string, path: string | null): Promise<readonly Problem[]> {
  if (path === null) return [{ message: `${name} not found`, fix: "cnibench setup --cluster vm" }];
  const { stdout } = await localShell().exec([path, "--version"], { timeout: 10 });
  const [, major = "0", minor = "0"] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  const [minMajor, minMinor] = MIN_QEMU_VERSION;
  if (Number(major) > minMajor || (Number(major) === minMajor && Number(minor) >= minMinor)) return [];
  return [
    {
      message: `QEMU ${major}.${minor} is too old; VM clusters need ${minMajor}.${minMinor} or later`,
      fix: "upgrade to a newer release of the system",
    },
  ];
}

/** Compares the memory of the nodes with that of this host. */
export function checkMemory(nodes: number, { memory }: MachineSpec): readonly Problem[] {
  const needed = nodes * memory;
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  if (needed <= totalmem()) return [];
  return [
    {
      message:
        `${nodes} nodes with ${mib(memory)} each exceed the ${mib(totalmem())} of memory of this host ` +
        `(${mib(freemem())} free)`,
      fix: "use a smaller --vm-memory or fewer --nodes",
    },
  ];
}
