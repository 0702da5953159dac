/** Kills the virtual machines of killed runs. */
import { readdirSync, readFileSync } from "node:fs";
import { messageOf } from "../../core/errors.ts";
import { isAlive, ownerOf, ownerTag } from "../../core/process-identity.ts";

/** Returns the label of a machine of this process, which QEMU shows in its command line. */
export function machineLabel(index: number): string {
  return `cnibench-vm-${ownerTag()}-node${index}`;
}

/** @returns one message for each machine that was killed, or that could not be */
export function killOrphans(): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const argv = readArguments(pid);
      const label = argv[argv.indexOf("-name") + 1] ?? "";
      if (!/qemu-system/.test(argv[0] ?? "") || !isOrphan(label)) return [];
      try {
        process.kill(Number(pid), "SIGKILL");
        return [`virtual machine ${label} killed`];
      } catch (error) {
        return [`virtual machine ${label} not killed: ${messageOf(error)}`];
      }
    });
}

function isOrphan(label: string): boolean {
  const owner = ownerOf(label);
  return owner !== null && !isAlive(owner);
}

/** Returns the command line of a process; empty if it exits before its file is read. */
function readArguments(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
