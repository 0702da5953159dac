/** Clusters that wait for their turn: their nodes are stopped as they are, so that they cost the measured one no CPU time. */
import { readFileSync } from "node:fs";
import { cpus, freemem } from "node:os";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";

const INOTIFY_LIMIT_FILE = "/proc/sys/fs/inotify/max_user_instances";
/** Seconds for Docker to pause or go on. */
const DOCKER_TIMEOUT_S = 60;
/** Seconds for a cluster that goes on to be as it was: a controller that thinks it was replaced starts anew. */
const RESUME_TIMEOUT_S = 120;
/**
 * What one takes while it is made: CPUs; and for each node with the pods on it bytes of memory, and inotify instances, of which a user
 * has few (10 were counted on a node without systemd).
 */
const CREATION_NEEDS = { cpus: 2, bytesPerNode: 1e9, inotifyPerNode: 20 } as const;

/** More are not made together, however large the machine is. */
const MAX_CLUSTERS_AT_ONCE = 4;

/** How many clusters of so many nodes may be made at the same time on this machine. */
export function maxClustersAtOnce(nodes: number): number {
  return clustersThatFit(nodes, {
    cpus: cpus().length,
    memory: freemem(),
    inotify: Number(readFileSync(INOTIFY_LIMIT_FILE, "utf8")),
  });
}

/** Pure. @param machine CPUs, bytes of memory that are free, and inotify instances of a user */
export function clustersThatFit(
  nodes: number,
  { cpus: processors, memory, inotify }: { readonly cpus: number; readonly memory: number; readonly inotify: number },
): number {
  const nodesThatFit = Math.min(memory / CREATION_NEEDS.bytesPerNode, inotify / CREATION_NEEDS.inotifyPerNode);
  return Math.max(
    1,
    Math.floor(Math.min(MAX_CLUSTERS_AT_ONCE, processors / CREATION_NEEDS.cpus, nodesThatFit / nodes)),
  );
}

/** @param nodes names of their containers. @throws EnvironmentError */
export async function pauseNodes(nodes: readonly string[]): Promise<void> {
  await docker("pause", nodes);
}

/** Goes on, and waits until every part of the cluster has told the API again that it is there. @throws EnvironmentError */
export async function resumeNodes(nodes: readonly string[], kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  await docker("unpause", nodes);
  const staleLeases = async (): Promise<readonly string[]> => {
    const leases = await kubectl.list(["leases", "--all-namespaces"], { signal });
    return leases
      .filter((lease) => !(Date.parse(stringAt(lease, "spec", "renewTime") ?? "") >= startedAt))
      .map((lease) => stringAt(lease, "metadata", "name") ?? "");
  };
  const check = async (): Promise<true | null> => ((await staleLeases()).length === 0 ? true : null);
  await kubectl.waitFor("a cluster that had waited did not go on", check, {
    timeout: RESUME_TIMEOUT_S,
    signal,
    explain: async () => `not seen since: ${(await staleLeases()).join(", ")}`,
  });
}

async function docker(verb: "pause" | "unpause", nodes: readonly string[]): Promise<void> {
  const output = await localShell().exec(["docker", verb, ...nodes], { timeout: DOCKER_TIMEOUT_S });
  if (!succeeded(output))
    throw new EnvironmentError(
      `docker ${verb} fails: ${lastLine(output.stderr)}; make one cluster at a time: --clusters-at-once 1`,
    );
}
