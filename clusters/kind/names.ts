/** Names of the clusters that cnibench makes: they say which run and which process a cluster belongs to. Pure. */
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "cnibench";

/** @param owner id of the run. Lower case, and short enough for the host names of its nodes. */
export function clusterName(runId: string, pid: number): string {
  const run = runId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 26);
  return `${PREFIX}-${run}-p${pid}-${randomBytes(2).toString("hex")}`;
}

/** For a cluster's kubeconfig and what kubectl remembers of it. */
export function clusterDir(name: string): string {
  return join(tmpdir(), name);
}

/** The process that made a cluster; null: the name is none of ours. */
export function clusterOwnerPid(name: string): number | null {
  const pid = /^cnibench-[a-z0-9-]+-p(\d{1,10})-[0-9a-f]{4}$/.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
