/** Many pods at once on a deployment: room for them, their namespaces, and an end to all of them. */
import { isIPv6 } from "node:net";
import { EnvironmentError } from "../core/errors.ts";
import type { Sandbox } from "../core/model.ts";
import type { Attachment } from "../cni/types.ts";
import type { BareDeployment } from "./deployment.ts";

const IF_NAME = "eth0";
/** Addresses of a range that no new pod gets: its own, the gateway's, broadcast, and the two pods that measurements keep. */
const TAKEN = 5;
/** How many are made ready and cleared away at a time; what is timed says its own number. */
const HANDS = 4;

/** @throws EnvironmentError when so many pods cannot be on the node at a time. */
export function requireRoom({ node, peer }: BareDeployment, pods: number): void {
  if (isIPv6(peer.ip)) return; // a /64 is enough for all
  const room = 2 ** (32 - Number(node.podCidr.split("/")[1])) - TAKEN;
  if (pods <= room) return;
  throw new EnvironmentError(`${pods} pods do not fit the range ${node.podCidr} of ${node.name}, which has room for ${room}; ask for fewer in the scenario`);
}

export function attachmentOf({ name, netns }: Sandbox): Attachment {
  return { containerID: name, netns, ifName: IF_NAME };
}

/** Runs `use` with empty sandboxes. Afterwards whatever became of them is deleted and removed, also after an error. */
export async function withSandboxes<T>(deployment: BareDeployment, count: number, signal: AbortSignal, use: (sandboxes: readonly Sandbox[]) => Promise<T>): Promise<T> {
  const made: Sandbox[] = [];
  try {
    await inParallel(Array.from({ length: count }), HANDS, async () => {
      signal.throwIfAborted();
      made.push(await deployment.createSandbox());
    });
    return await use(made);
  } finally {
    // An interrupted run ends the whole cluster, which is quicker.
    if (!signal.aborted) await inParallel(made, HANDS, (sandbox) => clearAway(deployment, sandbox));
  }
}

/** DEL may be repeated, so it does no harm where it was done already. */
async function clearAway({ runtime, network }: BareDeployment, sandbox: Sandbox): Promise<void> {
  await runtime.del(network, attachmentOf(sandbox)).catch(() => undefined); // the first error is the one to report
  await sandbox.remove();
}

/** Works through the items, at most `limit` at a time; after an error no further one is begun. @throws the first error, when all have ended. */
export async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
}
