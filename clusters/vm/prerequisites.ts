/** Checks the prerequisites of VM clusters. Starts nothing. */
import { freemem, totalmem } from "node:os";
import { coerce, gte, major, minor, SemVer } from "semver";
import type { Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { findTool } from "../../tools/index.ts";
import { imageProblems } from "./image.ts";
import type { MachineOptions } from "./options.ts";
import { platformOf } from "./platform.ts";

/** The first QEMU version that connects networks over Unix sockets. */
const MIN_QEMU_VERSION = "7.2.0";

/**
 * Returns everything that prevents the creation of these machines.
 * @param builtDir directory of the image built by cnibench
 */
export async function checkMachines(
  host: Host,
  nodes: number,
  machine: MachineOptions,
  builtDir: string,
): Promise<readonly Problem[]> {
  const { qemu } = platformOf();
  return [
    ...(await checkQemu(host, qemu, findTool(host, qemu))),
    ...checkMemory(nodes, machine),
    ...imageProblems(machine, builtDir),
  ];
}

/** Checks the version of QEMU. @param path null: not found */
export async function checkQemu({ shell }: Host, name: string, path: string | null): Promise<readonly Problem[]> {
  if (path === null) return [{ message: `${name} not found`, fix: "cnibench setup --cluster vm" }];
  const { stdout } = await shell.exec([path, "--version"], { timeout: 10 });
  const version = coerce(/version (\S+)/.exec(stdout)?.[1]) ?? new SemVer("0.0.0");
  if (gte(version, MIN_QEMU_VERSION)) return [];
  return [
    {
      message: `QEMU ${majorMinor(version)} is too old; VM clusters need ${majorMinor(MIN_QEMU_VERSION)} or later`,
      fix: "upgrade to a newer release of the system",
    },
  ];
}

function majorMinor(version: SemVer | string): string {
  return `${major(version)}.${minor(version)}`;
}

/** Compares the memory of the nodes with that of this host. */
export function checkMemory(nodes: number, { memory }: MachineOptions): readonly Problem[] {
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
