/** Removes the objects of a plugin from a cluster, and the pods that lost their network with it. */
import { waitUntil } from "../../core/wait.ts";
import type { Kubectl } from "../client.ts";
import type { Workload } from "../api-types.ts";
import { podSelector, readPod, type PodState } from "../read.ts";

/** Seconds to delete all objects of a plugin, and for the pods of its workloads to terminate. */
const REMOVAL_TIMEOUT_S = 300;

/**
 * Deletes objects and waits until the pods of the workloads among them have terminated. Ignores missing objects.
 * @throws EnvironmentError if something is not deleted in time
 */
export async function deleteObjects(
  kubectl: Kubectl,
  manifests: string,
  workloads: readonly Workload[],
): Promise<void> {
  const deployments = workloads.filter(({ kind }) => kind === "deployment");
  // Deployments first: their pods may use the plugin's network, and terminate only while the plugin can tear it down.
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

/** Waits for the pods of the workloads that `deleteWorkloads` deletes. */
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
  const check = async (): Promise<boolean> =>
    (await Promise.all(pods.map((selection) => kubectl.list(selection)))).flat().length === 0;
  await waitUntil("the plugin's pods did not terminate", check, { timeout: REMOVAL_TIMEOUT_S, clock: kubectl.clock });
}

/** Controllers that replace a deleted pod without waiting until it has terminated. */
const RECREATING_CONTROLLERS = ["ReplicaSet", "DaemonSet"];

/**
 * Deletes the pods whose network the removed plugin set up, or was about to set up, so that their controllers recreate
 * them. They cannot terminate gracefully anymore. The new pods wait for a network, as before the installation.
 * @returns `namespace/name` of the pods without such a controller, which are kept
 */
export async function deleteStrandedPods(kubectl: Kubectl): Promise<readonly string[]> {
  // Includes pods without an address: a pod that is starting may already have its network.
  const activePods = await kubectl.list([
    "pods",
    "--all-namespaces",
    "--field-selector=status.phase!=Succeeded,status.phase!=Failed",
  ]);
  const pods = activePods.map(readPod).filter(({ nodeName, hostNetwork }) => nodeName !== null && !hostNetwork);
  const kept: string[] = [];
  for (const pod of pods) {
    const { namespace, name } = pod;
    if (isRecreated(pod)) await kubectl.delete(["pod", name, "-n", namespace, "--force", "--grace-period=0"]);
    else kept.push(`${namespace}/${name}`);
  }
  return kept;
}

function isRecreated({ owners }: PodState): boolean {
  return owners.some(({ kind }) => RECREATING_CONTROLLERS.includes(kind ?? ""));
}
