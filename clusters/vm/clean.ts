/** Removes what killed runs have left: folders with keys and sockets, and machines that outlived them after all. */
import { readdirSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Begins the name of a cluster's folder and the label of its machines; then the process that owns it. */
const LABEL_PATTERN = /^cnibench-vm-(\d+)-/;

export function labelPrefix(pid: number): string {
  return `cnibench-vm-${pid}-`;
}

/** @returns a sentence for each thing that was removed, or that was not and why. */
export function cleanMachines(): readonly string[] {
  return [...killOrphans(), ...removeOrphanedDirs()];
}

function killOrphans(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const argv = readText(`/proc/${pid}/cmdline`).split("\0");
      const label = argv[argv.indexOf("-name") + 1] ?? "";
      if (!/qemu-system/.test(argv[0] ?? "") || !isOrphan(label)) return [];
      return [tryTo(`ended the machine ${label}`, () => process.kill(Number(pid), "SIGKILL"))];
    });
}

/** @returns sentences, as {@link cleanMachines}. */
export function removeOrphanedDirs(): string[] {
  return readdirSync(tmpdir())
    .filter(isOrphan)
    .map((name) => {
      const dir = join(tmpdir(), name);
      return tryTo(`removed ${dir}`, () => rmSync(dir, { recursive: true, force: true }));
    });
}

function isOrphan(label: string): boolean {
  const pid = LABEL_PATTERN.exec(label)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

function tryTo(done: string, act: () => unknown): string {
  try {
    act();
    return done;
  } catch (error) {
    return `could not: ${done} (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** Processes end while they are listed. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
