/** Many pods at once on a deployment: their namespaces, and an end to all of them. */
import type { Sandbox } from "../core/model.ts";
import { inParallel } from "../core/parallel.ts";
import type { Attachment } from "../cni/types.ts";
import type { BareDeployment } from "./deployment.ts";

const INTERFACE_NAME = "eth0";
/** How many are made ready and cleared away at a time; what is timed says its own number. */
const SETUP_CONCURRENCY = 4;

export function attachmentOf({ name, netns }: Sandbox): Attachment {
  return { containerID: name, netns, ifName: INTERFACE_NAME };
}

/** Runs `use` with empty sandboxes. Afterwards whatever became of them is deleted and removed, also after an error. */
export async function withSandboxes<T>(
  deployment: BareDeployment,
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
    // An interrupted run ends the whole cluster, which is quicker.
    if (!signal.aborted) await inParallel(created, SETUP_CONCURRENCY, (sandbox) => deleteSandbox(deployment, sandbox));
  }
}

/** DEL may be repeated, so it does no harm where it was done already. */
async function deleteSandbox({ runtime, network }: BareDeployment, sandbox: Sandbox): Promise<void> {
  await runtime.del(network, attachmentOf(sandbox)).catch(() => undefined); // the first error is the one to report
  await sandbox.remove();
}
