/** Creates many network namespaces on a deployment and removes all of them afterwards. */
import { POD_INTERFACE, type Sandbox } from "../../core/model.ts";
import { inParallel } from "../../core/parallel.ts";
import type { Attachment } from "../../cni/index.ts";
import type { NodeDeployment } from "../deployment.ts";

/** Operations in parallel that are not timed. Timed ones have a separate concurrency. */
export const SETUP_CONCURRENCY = 4;

export function attachmentOf({ id, netns, args = [] }: Sandbox): Attachment {
  return { containerID: id, netns, ifName: POD_INTERFACE, args };
}

/** Runs `use` with empty sandboxes. Calls DEL for all sandboxes and removes them afterwards, also after an error. */
export async function withSandboxes<T>(
  deployment: NodeDeployment,
  count: number,
  signal: AbortSignal,
  use: (sandboxes: readonly Sandbox[]) => Promise<T>,
): Promise<T> {
  const created: Sandbox[] = [];
  try {
    await inParallel(Array.from({ length: count }), SETUP_CONCURRENCY, async () => {
      signal.throwIfAborted();
      created.push(await deployment.createSandbox());
    });
    return await use(created);
  } finally {
    // An interrupted run removes the entire cluster, which is faster.
    if (!signal.aborted) await inParallel(created, SETUP_CONCURRENCY, (sandbox) => deleteSandbox(deployment, sandbox));
  }
}

/** DEL is idempotent, so the caller may have called it already. */
async function deleteSandbox({ runtime, network }: NodeDeployment, sandbox: Sandbox): Promise<void> {
  await runtime.del(network, attachmentOf(sandbox)).catch(() => undefined); // reports the first error only
  await sandbox.remove();
}
