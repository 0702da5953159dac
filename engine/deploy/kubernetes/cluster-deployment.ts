/** Implements the deployment for runners that measure or check an entire Kubernetes cluster. */
import type { KubernetesCluster } from "../../../clusters/index.ts";
import {
  connectPods,
  createNamespaces,
  deleteNamespaces,
  type Kubectl,
  namespaceObject,
  openProxy,
  type Pod,
  uniqueNamespaceName,
  waitForPods,
} from "../../../kubernetes/index.ts";
import type { Plugin } from "../../../plugins/index.ts";
import type { ClusterDeployment } from "../../../runners/index.ts";

/** The parts of a cluster that a cluster deployment needs. */
type DeployedCluster = Pick<KubernetesCluster, "kubectl" | "loadImage" | "version"> & {
  readonly nodes: readonly { readonly name: string }[];
};

/** Returns the deployment of a plugin that is installed on a cluster. */
export function clusterDeploymentOf(
  { name, kubernetes }: Plugin,
  { kubectl, nodes, loadImage, version }: DeployedCluster,
  signal: AbortSignal,
): ClusterDeployment {
  return {
    plugin: name,
    claimsPolicy: kubernetes?.enforcesPolicy ?? false,
    minorVersion: Number(/^v?1\.(\d+)/.exec(version ?? "")?.[1] ?? 0),
    nodes: nodes.map((node) => node.name),
    image: loadImage,
    prefix: uniqueNamespaceName(),
    ...namespaceOperations(kubectl, signal),
    ...podOperations(kubectl, signal),
    withApi: async (use) => {
      const api = await openProxy(kubectl, signal);
      return use(api).finally(() => api[Symbol.asyncDispose]());
    },
    apply: (objects) => kubectl.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }), { signal }),
  };
}

function namespaceOperations(
  kubectl: Kubectl,
  signal: AbortSignal,
): Pick<ClusterDeployment, "createNamespaces" | "removeNamespaces" | "removePolicies"> {
  return {
    createNamespaces: (namespaces) => {
      const objects = namespaces.map(({ name, labels }) => namespaceObject(kubectl.host, name, labels));
      return createNamespaces(kubectl, objects, signal);
    },
    removeNamespaces: (namespaces) => deleteNamespaces(kubectl, namespaces, signal),
    removePolicies: async (namespaces) => {
      for (const namespace of namespaces)
        await kubectl.run(["delete", "networkpolicies", "--all", "-n", namespace], { signal });
    },
  };
}

function podOperations(kubectl: Kubectl, signal: AbortSignal): Pick<ClusterDeployment, "createPods" | "runPods"> {
  const create = async (pods: readonly Pod[]): Promise<readonly Pod["metadata"][]> => {
    await kubectl.create(pods, { signal });
    return pods.map(({ metadata }) => metadata);
  };
  return {
    createPods: async (pods) => {
      const connected = await connectPods(kubectl, await create(pods), signal);
      return connected.map(({ namespace, name, ip, connection }) => ({ namespace, name, ip, shell: connection.agent }));
    },
    runPods: async (pods) => waitForPods(kubectl, await create(pods), signal),
  };
}
