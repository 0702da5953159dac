/** Removes cnibench's own namespaces from a cluster, and nothing else: at the end of a deployment, and after a crash. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../../core/errors.ts";
import { valueAt, stringAt } from "../../core/json.ts";
import { MANAGED_BY_LABEL } from "../kubernetes/namespace.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { removeStaleTempDirs } from "../temp-dir.ts";
import { ACCESS_TEMP_DIR, openAccess } from "./access.ts";
import { INSTALL_RECORD_NAMESPACE } from "./install-record.ts";
import { readOwner, describeActiveOwner, type NamespaceOwner } from "./owner.ts";

/** Seconds for the API to be rid of a namespace: its pods end at once. */
const REMOVAL_TIMEOUT_S = 90;
const POLL_INTERVAL_S = 1;
const REMOVED_SUFFIX = " removed";

/** @param context null: no cluster of the user's is touched. @returns a sentence for each namespace of cnibench's that is there, and each login of a killed process. */
export async function cleanKubeconfig(context: string | null): Promise<readonly string[]> {
  const accessDirs = (await removeStaleTempDirs(ACCESS_TEMP_DIR)).map((folder) => `${folder} removed`);
  return context === null ? accessDirs : [...accessDirs, ...(await cleanNamespaces(context))];
}

async function cleanNamespaces(context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(context, new AbortController().signal);
  try {
    const messages: string[] = [];
    for (const owned of await readOwnedNamespaces(kubectl)) {
      const owner = describeActiveOwner(owned);
      if (owner !== null)
        messages.push(
          `namespace ${owned.name} was left: it is of ${owner}; remove it by hand with: kubectl --context ${context} delete namespace ${owned.name}`,
        );
      else messages.push(...(await removeAndReport(kubectl, [owned.name])));
    }
    return messages;
  } finally {
    await close();
  }
}

/** Those that this process made. @throws EnvironmentError that names what does not go, and what holds it. */
export async function removeOwnNamespaces(kubectl: Kubectl): Promise<void> {
  const ownNamespaces = (await readOwnedNamespaces(kubectl)).filter(
    ({ host, pid }) => host === hostname() && pid === process.pid,
  );
  const stuck = (
    await removeAndReport(
      kubectl,
      ownNamespaces.map(({ name }) => name),
    )
  ).filter((sentence) => !sentence.endsWith(REMOVED_SUFFIX));
  if (stuck.length > 0) throw new EnvironmentError(stuck.join("\n"));
}

/** But the mark of an installed plugin, which goes with the plugin. */
async function readOwnedNamespaces(kubectl: Kubectl): Promise<readonly NamespaceOwner[]> {
  const namespaces = await kubectl.list(["namespaces", "-l", MANAGED_BY_LABEL]);
  return namespaces.map(readOwner).filter(({ name }) => name !== INSTALL_RECORD_NAMESPACE);
}

/** @returns a sentence for each; of one that does not go, what holds it. */
async function removeAndReport(kubectl: Kubectl, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  await kubectl.delete(["namespace", ...names]);
  const deadline = performance.now() + REMOVAL_TIMEOUT_S * 1000;
  for (;;) {
    const remaining = (await kubectl.list(["namespaces", "-l", MANAGED_BY_LABEL])).filter((one) =>
      names.includes(stringAt(one, "metadata", "name") ?? ""),
    );
    if (remaining.length === 0 || performance.now() > deadline)
      return names.map((name) =>
        describeRemoval(
          name,
          remaining.find((one) => stringAt(one, "metadata", "name") === name),
        ),
      );
    await sleep(POLL_INTERVAL_S * 1000);
  }
}

function describeRemoval(name: string, remaining: unknown): string {
  if (remaining === undefined) return `namespace ${name}${REMOVED_SUFFIX}`;
  const conditions = valueAt(remaining, "status", "conditions");
  const reasons = (Array.isArray(conditions) ? (conditions as unknown[]) : [])
    .filter((one) => stringAt(one, "status") === "True")
    .flatMap((one) => stringAt(one, "message") ?? []);
  return `namespace ${name} is still being removed${reasons.length === 0 ? "" : `: ${reasons.join("; ").slice(0, 300)}`}; see it with: kubectl get namespace ${name} -o yaml`;
}
