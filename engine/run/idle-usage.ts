/** Measures the CPU usage of an idle node before the loads and warns about disturbances. */
import type { Clock } from "../../core/clock.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Shell } from "../../core/shell.ts";
import { type CpuUsage, cpuUsageOfSamples, parseCpuSamples, startCpuSampler } from "../../runners/index.ts";

/** The least busy of several windows counts: a cluster is still busy for moments after a deployment. */
const IDLE_WINDOWS = 4;
const IDLE_WINDOW_S = 0.25;
/** Warn if at least this many cores are used by others than the load. */
export const BUSY_CORES_THRESHOLD = 0.2;
/** Warn if the hypervisor withholds at least this many cores. */
export const STOLEN_CORES_THRESHOLD = 0.05;

/** Measures the CPU usage without a load, which runners subtract. @returns null if it could not be collected */
export async function measureIdle(clock: Clock, node: Shell): Promise<CpuUsage | null> {
  let least: CpuUsage | null = null;
  for (let i = 0; i < IDLE_WINDOWS; i++) {
    const usage = await measureWindow(clock, node);
    if (usage !== null && (least === null || usage.busy < least.busy)) least = usage;
  }
  return least;
}

async function measureWindow(clock: Clock, node: Shell): Promise<CpuUsage | null> {
  const sampler = startCpuSampler(node, "machine");
  await clock.sleep(IDLE_WINDOW_S);
  return sampler.stop().then(
    ({ stdout }) => cpuUsageOfSamples(parseCpuSamples(stdout)),
    () => null,
  );
}

/** Returns warnings about an idle node that was not idle. @param idle null if it was not collected */
export function idleWarnings(idle: CpuUsage | null): Warning[] {
  if (idle === null) return [];
  const busy: Warning = {
    code: "busy-machine",
    message: `${idle.busy.toFixed(2)} cores were busy before the load; other processes may distort the results`,
  };
  const steal: Warning = {
    code: "steal",
    message:
      `the hypervisor withheld ${idle.steal.toFixed(2)} cores before the load; ` +
      `other virtual machines may distort the results`,
  };
  return [
    ...(idle.busy >= BUSY_CORES_THRESHOLD ? [busy] : []),
    ...(idle.steal >= STOLEN_CORES_THRESHOLD ? [steal] : []),
  ];
}
