/** Pauses clusters that are created ahead of time, so that they use no CPU time while another one is measured. */
import { cpus, freemem } from "node:os";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import type { Host } from "../../core/host.ts";
import { succeeded } from "../../core/shell.ts";
import { waitUntil } from "../../core/wait.ts";
import { type Kubectl, nameOf } from "../../kubernetes/index.ts";
import { readInotifyLimit } from "./prerequisites.ts";

/** Seconds for Docker to pause or unpause containers. */
const DOCKER_TIMEOUT_S = 60;
/** Seconds for a resumed cluster to recover: a controller that lost its leader lease restarts. */
const RESUME_TIMEOUT_S = 120;
/**
 * Resources that one cluster needs during creation: CPUs, and for each node, including its pods, bytes of memory and
 * inotify instances. Users have few inotify instances; a node without systemd was observed to use 10.
 */
const CREATION_NEEDS = { cpus: 2, bytesPerNode: 1e9, inotifyPerNode: 20 } as const;

/** Upper limit of clusters created at once, on a host of any size. */
const MAX_CLUSTERS_AT_ONCE = 4;

/** Returns how many clusters with this many nodes this host can create at once. */
export function maxClustersAtOnce(nodes: number): number {
  return clustersThatFit(nodes, {
    cpus: cpus().length,
    memory: freemem(),
    inotify: readInotifyLimit(),
  });
}

/** Computes the number of clusters for given CPUs, bytes of free memory and inotify instances per user. Pure. */
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

/** Pauses a cluster. @param nodes container names of the nodes. @throws EnvironmentError */
export async function pauseNodes(host: Host, nodes: readonly string[]): Promise<void> {
  await docker(host, "pause", nodes);
}

/** Resumes a cluster and waits until every component has renewed its lease. @throws EnvironmentError */
export async function resumeNodes(host: Host, nodes: readonly string[], kubectl: Kubectl): Promise<void> {
  const { signal, clock } = host;
  const startedAt = clock.date().getTime();
  await docker(host, "unpause", nodes);
  const staleLeases = async (): Promise<readonly string[]> => {
    const leases = await kubectl.list(["leases", "--all-namespaces"], { signal });
    return leases.filter((lease) => !(Date.parse(stringAt(lease, "spec", "renewTime") ?? "") >= startedAt)).map(nameOf);
  };
  await waitUntil("the paused cluster did not recover", async () => (await staleLeases()).length === 0, {
    timeout: RESUME_TIMEOUT_S,
    signal,
    clock,
    explain: async () => `leases not renewed: ${(await staleLeases()).join(", ")}`,
  });
}

async function docker({ shell }: Host, verb: "pause" | "unpause", nodes: readonly string[]): Promise<void> {
  const output = await shell.exec(["docker", verb, ...nodes], { timeout: DOCKER_TIMEOUT_S });
  if (!succeeded(output))
    throw new EnvironmentError(
      `docker ${verb} failed: ${lastLine(output.stderr)}; create one cluster at a time with --clusters-at-once 1`,
    );
}
