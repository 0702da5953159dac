/** The end of a plugin on a cluster: its objects, and the pods that they had. */
import { at, stringAt } from "../../core/json.ts";
import type { Kubectl } from "./kubectl.ts";
import { selectorOf, type Rollout } from "./ready.ts";

/** Seconds for all objects of a plugin, and the pods of a workload, to go. */
const LIMIT = 300;

/**
 * Deletes objects and waits until the pods of the workloads among them are gone. What is not there is no error.
 * @throws EnvironmentError when something does not go.
 */
export async function removeObjects(kubectl: Kubectl, manifests: string, workloads: readonly Rollout[]): Promise<void> {
  const deployments = workloads.filter(({ kind }) => kind === "deployment");
  // First: their pods may have a network of the plugin, and end only while it is there to take it off them.
  await removeWith(kubectl, deployments, async () => {
    for (const { name, namespace } of deployments)
      await kubectl.run(["delete", "--ignore-not-found", "deployment", name, "-n", namespace], { timeout: LIMIT });
  });
  await removeWith(kubectl, workloads, () =>
    kubectl.run(["delete", "--ignore-not-found", "-f", "-"], { stdin: manifests, timeout: LIMIT }),
  );
}

/** @param remove takes away the workloads, whose pods are waited for */
async function removeWith(
  kubectl: Kubectl,
  workloads: readonly Rollout[],
  remove: () => Promise<unknown>,
): Promise<void> {
  const pods: string[][] = [];
  for (const { kind, namespace, name } of workloads) {
    const [there] = await kubectl.list([kind, "-n", namespace, "--field-selector", `metadata.name=${name}`]);
    if (there !== undefined) pods.push(["pods", "-n", namespace, "-l", selectorOf(there)]);
  }
  await remove();
  const look = async (): Promise<true | null> =>
    (await Promise.all(pods.map((selection) => kubectl.list(selection)))).flat().length === 0 ? true : null;
  await kubectl.until("the pods of the plugin did not end", look, {
    limit: LIMIT,
    signal: new AbortController().signal,
  });
}

/** Controllers that make a new pod for one that is deleted, and need not know that the old one has ended. */
const REPLACING = ["ReplicaSet", "DaemonSet"];

/**
 * Deletes the pods that have, or are just getting, a network of a plugin which is gone, so that they are made anew, and wait, as before
 * there was one. Nothing can end them in order any more.
 * @returns names of those that nobody would make anew, and that stay: `namespace/name`
 */
export async function removeStranded(kubectl: Kubectl): Promise<readonly string[]> {
  // One that starts has no address yet, and may have its network all the same.
  const living = await kubectl.list([
    "pods",
    "--all-namespaces",
    "--field-selector=status.phase!=Succeeded,status.phase!=Failed",
  ]);
  const pods = living.filter(
    (pod) => stringAt(pod, "spec", "nodeName") !== null && at(pod, "spec", "hostNetwork") !== true,
  );
  const kept: string[] = [];
  for (const pod of pods) {
    const [namespace, name] = [stringAt(pod, "metadata", "namespace") ?? "", stringAt(pod, "metadata", "name") ?? ""];
    if (isReplaced(pod)) await kubectl.remove(["pod", name, "-n", namespace, "--force", "--grace-period=0"]);
    else kept.push(`${namespace}/${name}`);
  }
  return kept;
}

function isReplaced(pod: unknown): boolean {
  const owners = at(pod, "metadata", "ownerReferences");
  return (
    Array.isArray(owners) && (owners as unknown[]).some((owner) => REPLACING.includes(stringAt(owner, "kind") ?? ""))
  );
}
