/** Privileged access to all nodes of an existing cluster, for installing and uninstalling a plugin only. */
import { EnvironmentError } from "../../core/errors.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { createPodNamespace } from "../../kubernetes/namespace.ts";
import type { Kubectl } from "../../kubernetes/client.ts";
import { connectPods, type StartedPod } from "../../kubernetes/pods.ts";
import { openAccess } from "./access.ts";
import { API_SERVER_SERVICE } from "./api-service.ts";
import { parseCandidate, type CandidateNode } from "./choose-nodes.ts";
import { removeOwnNamespaces } from "./clean.ts";
import { toConnectedNodes } from "./nodes.ts";
import { podRangeOfNodes } from "./pod-range.ts";

/** Mount point of the node's root directory in the pods. */
const NODE_ROOT = "/host";
/** Seconds after which Kubernetes ends the pods even if cnibench no longer exists. */
const POD_LIFETIME_S = 3600;

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
    const pods = await startPrivilegedPods({ kubectl, loadImage }, candidates, signal);
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

async function startPrivilegedPods(
  { kubectl, loadImage }: { readonly kubectl: Kubectl; readonly loadImage: string },
  candidates: readonly CandidateNode[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  const { namespace } = await createPodNamespace({ kubectl, loadImage }, "privileged", signal);
  const names = candidates.map((_, i) => `root-${i + 1}`);
  const objects = names.map((name, i) => privilegedPod(namespace, name, candidates[i]?.name ?? "", loadImage));
  await kubectl.create(objects, { signal });
  const podNames = names.map((name) => ({ namespace, name }));
  return connectPods(kubectl, podNames, signal);
}

function privilegedPod(namespace: string, name: string, nodeName: string, image: string): object {
  const container = {
    name: "root",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["sleep", "infinity"],
    securityContext: { privileged: true },
    volumeMounts: [{ name: "root", mountPath: NODE_ROOT }],
  };
  const lifecycle = {
    terminationGracePeriodSeconds: 0,
    activeDeadlineSeconds: POD_LIFETIME_S,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
  };
  const volumes = [{ name: "root", hostPath: { path: "/" } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      nodeName,
      hostNetwork: true,
      tolerations: [{ operator: "Exists" }],
      ...lifecycle,
      containers: [container],
      volumes,
    },
  };
}
