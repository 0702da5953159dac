/** Privileged access to all nodes of an existing cluster, for installing and uninstalling a plugin only. */
import { EnvironmentError } from "../../core/errors.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { createPodNamespace } from "../../kubernetes/namespace.ts";
import { NODE_ROOT } from "../../kubernetes/objects/pod.ts";
import { startPods } from "../../kubernetes/pods.ts";
import { openAccess } from "./access.ts";
import { API_SERVER_SERVICE } from "./api-service.ts";
import { parseCandidate } from "./choose-nodes.ts";
import { removeOwnNamespaces } from "./clean.ts";
import { toConnectedNodes } from "./nodes.ts";
import { podRangeOfNodes } from "./pod-range.ts";

/**
 * Starts a privileged pod on every node.
 * @param context null: the current context
 * @throws EnvironmentError if the cluster does not allow such pods, or a node does not run one
 */
export async function openPrivilegedNodes(
  context: string | null,
  loadImage: string,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const access = await openAccess(context, signal);
  const { kubectl, version } = access;
  try {
    const candidates = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
    const podCidr = podRangeOfNodes(candidates);
    const podNamespace = await createPodNamespace({ kubectl, loadImage }, "privileged", signal);
    const placements = candidates.map(({ name }, i) => ({
      name: `root-${i + 1}`,
      nodeName: name,
      access: "node root" as const,
    }));
    const pods = await startPods(podNamespace, placements, signal);
    const { nodes, facts, enterCommand, close } = await toConnectedNodes(candidates, pods);
    return {
      kind: "kubeconfig",
      api: "kubernetes",
      ...{ facts, nodes, kubectl, loadImage, version, enterCommand },
      ...{ apiServer: API_SERVER_SERVICE, kubeProxyMode: null, nodeRoot: NODE_ROOT },
      ...{ podCidr, podCidr6: "unknown", installsPlugin: true, pullsByDigest: true },
      // Files that cnibench copied could not be distinguished from existing ones, and removed again.
      putFiles: () =>
        Promise.reject(new EnvironmentError("cnibench does not install third-party binaries on your nodes")),
      createSandbox: () =>
        Promise.reject(new EnvironmentError("cannot measure on the nodes while a plugin is being installed")),
      [Symbol.asyncDispose]: async () => {
        close();
        await removeOwnNamespaces(kubectl).finally(access.close);
      },
    };
  } catch (error) {
    await removeOwnNamespaces(kubectl).finally(access.close);
    throw error;
  }
}
