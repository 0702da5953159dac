/** Clusters that wait for their turn: their nodes are stopped as they are, so that they cost the measured one no CPU time. */
import { readFileSync } from "node:fs";
import { cpus, freemem } from "node:os";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";

const INOTIFY_INSTANCES = "/proc/sys/fs/inotify/max_user_instances";
/** Seconds for Docker to pause or go on. */
const LIMIT = 60;
/** Seconds for a cluster that goes on to be as it was: a controller that thinks it was replaced starts anew. */
const THAW_LIMIT = 120;
/**
 * What one takes while it is made: CPUs; and for each node with the pods on it bytes of memory, and inotify instances, of which a user
 * has few (10 were counted on a node without systemd).
 */
const NEEDS = { cpus: 2, memoryOfNode: 1e9, inotifyOfNode: 20 } as const;

/** More are not made together, however large the machine is. */
const MOST = 4;

/** How many clusters of so many nodes may be made at the same time on this machine. */
export function clustersAtOnce(nodes: number): number {
  return atOnce(nodes, {
    cpus: cpus().length,
    memory: freemem(),
    inotify: Number(readFileSync(INOTIFY_INSTANCES, "utf8")),
  });
}

/** Pure. @param machine CPUs, bytes of memory that are free, and inotify instances of a user */
export function atOnce(
  nodes: number,
  { cpus: processors, memory, inotify }: { readonly cpus: number; readonly memory: number; readonly inotify: number },
): number {
  const room = Math.min(memory / NEEDS.memoryOfNode, inotify / NEEDS.inotifyOfNode);
  return Math.max(1, Math.floor(Math.min(MOST, processors / NEEDS.cpus, room / nodes)));
}

/** @param nodes names of their containers. @throws EnvironmentError */
export async function freeze(nodes: readonly string[]): Promise<void> {
  await docker("pause", nodes);
}

/** Goes on, and waits until every part of the cluster has told the API again that it is there. @throws EnvironmentError */
export async function thaw(nodes: readonly string[], kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const begun = Date.now();
  await docker("unpause", nodes);
  const stale = async (): Promise<readonly string[]> => {
    const leases = await kubectl.list(["leases", "--all-namespaces"], { signal });
    return leases
      .filter((lease) => !(Date.parse(stringAt(lease, "spec", "renewTime") ?? "") >= begun))
      .map((lease) => stringAt(lease, "metadata", "name") ?? "");
  };
  const look = async (): Promise<true | null> => ((await stale()).length === 0 ? true : null);
  await kubectl.until("a cluster that had waited did not go on", look, {
    limit: THAW_LIMIT,
    signal,
    explain: async () => `not seen since: ${(await stale()).join(", ")}`,
  });
}

async function docker(verb: "pause" | "unpause", nodes: readonly string[]): Promise<void> {
  const output = await localShell().exec(["docker", verb, ...nodes], { timeout: LIMIT });
  if (!succeeded(output))
    throw new EnvironmentError(
      `docker ${verb} fails: ${lastLine(output.stderr)}; make one cluster at a time: --clusters-at-once 1`,
    );
}
