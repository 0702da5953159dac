/** Measures the time, the memory and the output of a command of cnibench. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { packageRoot } from "../core/paths.ts";

const SAMPLE_INTERVAL_S = 0.05;

export interface Cost {
  readonly seconds: number;
  /** Peak resident memory, bytes. */
  readonly memory: number;
  /** Size of the output, bytes. */
  readonly bytes: number;
}

/** Runs cnibench with `--out FILE`. @throws Error if it fails */
export async function costOf({ shell, clock }: Host, command: readonly string[], out: string): Promise<Cost> {
  const main = join(packageRoot(), "dist/cli/main.js");
  const started = performance.now();
  // The shell replaces itself, so that its first line is the process ID of cnibench.
  const argv = ["sh", "-c", 'echo $$; exec "$@"', "sh", process.execPath, main, ...command];
  const state = { pid: "", memory: 0, ended: false };
  const running = shell.start([...argv, "--out", out], {
    timeout: 600,
    onStdout: (chunk) => void (state.pid += Buffer.from(chunk).toString().trim()),
  });
  const done = running.done.finally(() => (state.ended = true));
  while (!state.ended) {
    state.memory = Math.max(state.memory, peakMemory(state.pid));
    await clock.sleep(SAMPLE_INTERVAL_S);
  }
  const { exitCode, stderr } = await done;
  if (exitCode !== 0) throw new Error(`cnibench ${command[0]} failed: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000, memory: state.memory, bytes: statSync(out).size };
}

/** Returns the peak resident memory of a process in bytes, from proc_pid_status(5); 0 if it does not run. */
function peakMemory(pid: string): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
