/** The end of a plugin on a cluster: its objects, and the pods that they had. */
import { valueAt, stringAt } from "../../core/json.ts";
import type { Kubectl } from "./kubectl.ts";
import { podSelector, type Workload } from "./ready.ts";

/** Seconds for all objects of a plugin, and the pods of a workload, to go. */
const REMOVAL_TIMEOUT_S = 300;

/**
 * Deletes objects and waits until the pods of the workloads among them are gone. What is not there is no error.
 * @throws EnvironmentError when something does not go.
 */
export async function deleteObjects(
  kubectl: Kubectl,
  manifests: string,
  workloads: readonly Workload[],
): Promise<void> {
  const deployments = workloads.filter(({ kind }) => kind === "deployment");
  // First: their pods may have a network of the plugin, and end only while it is there to take it off them.
  await deleteAndWaitForPods(kubectl, deployments, async () => {
    for (const { name, namespace } of deployments)
      await kubectl.run(["delete", "--ignore-not-found", "deployment", name, "-n", namespace], {
        timeout: REMOVAL_TIMEOUT_S,
      });
  });
  await deleteAndWaitForPods(kubectl, workloads, () =>
    kubectl.run(["delete", "--ignore-not-found", "-f", "-"], { stdin: manifests, timeout: REMOVAL_TIMEOUT_S }),
  );
}

/** @param deleteWorkloads takes away the workloads, whose pods are waited for */
async function deleteAndWaitForPods(
  kubectl: Kubectl,
  workloads: readonly Workload[],
  deleteWorkloads: () => Promise<unknown>,
): Promise<void> {
  const pods: string[][] = [];
  for (const { kind, namespace, name } of workloads) {
    const [workload] = await kubectl.list([kind, "-n", namespace, "--field-selector", `metadata.name=${name}`]);
    if (workload !== undefined) pods.push(["pods", "-n", namespace, "-l", podSelector(workload)]);
  }
  await deleteWorkloads();
  const check = async (): Promise<true | null> =>
    (await Promise.all(pods.map((selection) => kubectl.list(selection)))).flat().length === 0 ? true : null;
  await kubectl.waitFor("the pods of the plugin did not end", check, {
    timeout: REMOVAL_TIMEOUT_S,
    signal: new AbortController().signal,
  });
}

/** Controllers that make a new pod for one that is deleted, and need not know that the old one has ended. */
const RECREATING_CONTROLLERS = ["ReplicaSet", "DaemonSet"];

/**
 * Deletes the pods that have, or are just getting, a network of a plugin which is gone, so that they are made anew, and wait, as before
 * there was one. Nothing can end them in order any more.
 * @returns names of those that nobody would make anew, and that stay: `namespace/name`
 */
export async function deleteStrandedPods(kubectl: Kubectl): Promise<readonly string[]> {
  // One that starts has no address yet, and may have its network all the same.
  const runningPods = await kubectl.list([
    "pods",
    "--all-namespaces",
    "--field-selector=status.phase!=Succeeded,status.phase!=Failed",
  ]);
  const pods = runningPods.filter(
    (pod) => stringAt(pod, "spec", "nodeName") !== null && valueAt(pod, "spec", "hostNetwork") !== true,
  );
  const kept: string[] = [];
  for (const pod of pods) {
    const [namespace, name] = [stringAt(pod, "metadata", "namespace") ?? "", stringAt(pod, "metadata", "name") ?? ""];
    if (isRecreated(pod)) await kubectl.delete(["pod", name, "-n", namespace, "--force", "--grace-period=0"]);
    else kept.push(`${namespace}/${name}`);
  }
  return kept;
}

function isRecreated(pod: unknown): boolean {
  const owners = valueAt(pod, "metadata", "ownerReferences");
  return (
    Array.isArray(owners) &&
    (owners as unknown[]).some((owner) => RECREATING_CONTROLLERS.includes(stringAt(owner, "kind") ?? ""))
  );
}
