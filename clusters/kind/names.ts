/** Names of kind clusters, which contain the run and the process that a cluster belongs to. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Host } from "../../core/host.ts";
import { ownerOf, ownerTag, type ProcessIdentity } from "../../core/process-identity.ts";

/** Returns a new name, in lowercase and short enough for the host names of the nodes. This process owns it. */
export function clusterName(runId: string): string {
  const run = runId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")
    .slice(0, 16);
  return `cnibench-${run}-${ownerTag()}-${randomBytes(2).toString("hex")}`;
}

/** Returns the directory for the kubeconfig of a cluster and the discovery cache of kubectl. */
export function clusterDir({ tempDir }: Host, name: string): string {
  return join(tempDir, name);
}

/** Returns the process that owns a cluster, or null if cnibench did not create it. */
export function clusterOwner(name: string): ProcessIdentity | null {
  return /-[0-9a-f]{4}$/.test(name) ? ownerOf(name) : null;
}
