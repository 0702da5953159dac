/** Removes leftovers of killed runs: directories with keys and sockets, and virtual machines that are still running. */
import { readdirSync, readFileSync, rmSync, existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";

/**
 * Matches the name of a cluster's directory and the labels of its machines, which contain the process that owns
 * them.
 */
const LABEL_PATTERN = /^cnibench-vm-(\d+)-/;

/** Returns the prefix of the names and labels that belong to a process. */
export function labelPrefix(pid: number): string {
  return `cnibench-vm-${pid}-`;
}

/** @returns one message for each machine and directory that was removed, or that could not be */
export function cleanMachines(host: Host): readonly string[] {
  return [...killOrphans(), ...removeOrphanedDirs(host)];
}

function killOrphans(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const argv = readText(`/proc/${pid}/cmdline`).split("\0");
      const label = argv[argv.indexOf("-name") + 1] ?? "";
      if (!/qemu-system/.test(argv[0] ?? "") || !isOrphan(label)) return [];
      return [attempt(`virtual machine ${label}`, "killed", () => process.kill(Number(pid), "SIGKILL"))];
    });
}

/** @returns one message for each directory */
export function removeOrphanedDirs({ tempDir }: Host): string[] {
  return readdirSync(tempDir)
    .filter(isOrphan)
    .map((name) => {
      const dir = join(tempDir, name);
      return attempt(dir, "removed", () => rmSync(dir, { recursive: true, force: true }));
    });
}

function isOrphan(label: string): boolean {
  const pid = LABEL_PATTERN.exec(label)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

function attempt(subject: string, outcome: string, act: () => unknown): string {
  try {
    act();
    return `${subject} ${outcome}`;
  } catch (error) {
    return `${subject} not ${outcome}: ${messageOf(error)}`;
  }
}

/** Returns an empty string if the process exits before its file is read. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
