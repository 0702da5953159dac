/** Names of kind clusters, which contain the run and the process that a cluster belongs to. Pure. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Host } from "../../core/host.ts";

const PREFIX = "cnibench";

/**
 * Returns a new name, in lowercase and short enough for the host names of the nodes.
 * @param pid the process that owns it
 */
export function clusterName(runId: string, pid: number): string {
  const run = runId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 26);
  return `${PREFIX}-${run}-p${pid}-${randomBytes(2).toString("hex")}`;
}

/** Returns the directory for the kubeconfig of a cluster and the discovery cache of kubectl. */
export function clusterDir({ tempDir }: Host, name: string): string {
  return join(tempDir, name);
}

/** Returns the process that owns a cluster, or null if cnibench did not create it. */
export function clusterOwnerPid(name: string): number | null {
  const pid = /^cnibench-[a-z0-9-]+-p(\d{1,10})-[0-9a-f]{4}$/.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
