/** Deletes cnibench's namespaces from a cluster, and nothing else: at the end of a deployment and after a crash. */
import { EnvironmentError } from "../../core/errors.ts";
import { type Kubectl, MANAGED_BY_LABEL, nameOf, readConditions } from "../../kubernetes/index.ts";
import type { Host } from "../../core/host.ts";
import { poll } from "../../core/wait.ts";
import { openAccess } from "./access.ts";
import { INSTALL_RECORD_NAMESPACE } from "./install-record.ts";
import { describeActiveOwner, isOwn, readOwner, type NamespaceOwner } from "./owner.ts";

/** Seconds for the API to delete a namespace. Its pods terminate immediately. */
const REMOVAL_TIMEOUT_S = 90;
const POLL_INTERVAL_S = 1;
const REMOVED_SUFFIX = " removed";

/**
 * Removes the namespaces of killed processes.
 * @param flags `context`: omitted: do not access any cluster
 * @returns one message for each namespace that was removed or skipped
 */
export async function cleanKubeconfig(
  host: Host,
  { context }: { readonly context?: string },
): Promise<readonly string[]> {
  return context === undefined ? [] : cleanNamespaces(host, context);
}

async function cleanNamespaces(host: Host, context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(host, context);
  try {
    const messages: string[] = [];
    for (const owned of await readOwnedNamespaces(kubectl)) {
      const owner = describeActiveOwner(host, owned);
      if (owner !== null)
        messages.push(
          `namespace ${owned.name} skipped: owned by ${owner}; ` +
            `to delete it, run: kubectl --context ${context} delete namespace ${owned.name}`,
        );
      else messages.push(...(await removeAndReport(kubectl, [owned.name])));
    }
    return messages;
  } finally {
    await close();
  }
}

/** Deletes the namespaces of this process. @throws EnvironmentError that names those that remain, and why */
export async function removeOwnNamespaces(kubectl: Kubectl): Promise<void> {
  const ownNamespaces = (await readOwnedNamespaces(kubectl)).filter((owner) => isOwn(kubectl.host, owner));
  const names = ownNamespaces.map(({ name }) => name);
  const remaining = (await removeAndReport(kubectl, names)).filter((message) => !message.endsWith(REMOVED_SUFFIX));
  if (remaining.length > 0) throw new EnvironmentError(remaining.join("\n"));
}

/** Returns the namespaces of cnibench, without the record of an installed plugin, which is deleted with the plugin. */
async function readOwnedNamespaces(kubectl: Kubectl): Promise<readonly NamespaceOwner[]> {
  const namespaces = await kubectl.list(["namespaces", "-l", MANAGED_BY_LABEL]);
  return namespaces.map(readOwner).filter(({ name }) => name !== INSTALL_RECORD_NAMESPACE);
}

/** @returns one message for each namespace; for a namespace that remains, with the reason */
async function removeAndReport(kubectl: Kubectl, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  await kubectl.delete(["namespace", ...names]);
  let remaining: readonly unknown[] = [];
  const check = async (): Promise<boolean> => {
    const namespaces = await kubectl.list(["namespaces", "-l", MANAGED_BY_LABEL]);
    remaining = namespaces.filter((one) => names.includes(nameOf(one)));
    return remaining.length === 0;
  };
  await poll(check, { timeout: REMOVAL_TIMEOUT_S, every: POLL_INTERVAL_S, clock: kubectl.clock });
  return names.map((name) =>
    describeRemoval(
      name,
      remaining.find((one) => nameOf(one) === name),
    ),
  );
}

function describeRemoval(name: string, remaining: unknown): string {
  if (remaining === undefined) return `namespace ${name}${REMOVED_SUFFIX}`;
  const reasons = readConditions(remaining).flatMap(({ isTrue, message }) => (isTrue ? (message ?? []) : []));
  const reason = reasons.length === 0 ? "" : `: ${reasons.join("; ").slice(0, 300)}`;
  return `namespace ${name} is still terminating${reason}; inspect it with: kubectl get namespace ${name} -o yaml`;
}
