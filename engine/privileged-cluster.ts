/** A plugin on a cluster with Kubernetes, for runners that check the cluster as a whole. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import {
  deleteNamespaces,
  createNamespaces,
  namespaceObject,
  uniqueNamespaceName,
} from "../clusters/kubernetes/namespace.ts";
import { waitForPods, connectPods } from "../clusters/kubernetes/pods.ts";
import { openProxy } from "../clusters/kubernetes/proxy.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { ClusterDeployment } from "../runners/deployment.ts";

/** What it must know of the cluster. */
type DeployedCluster = Pick<KubernetesCluster, "kubectl" | "loadImage" | "version"> & {
  readonly nodes: readonly { readonly name: string }[];
};

export function clusterDeploymentOf(
  { name, kubernetes }: Plugin,
  { kubectl, nodes, loadImage, version }: DeployedCluster,
  signal: AbortSignal,
): ClusterDeployment {
  const list = (objects: readonly object[]): string =>
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return {
    plugin: name,
    claimsPolicy: kubernetes?.enforcesPolicy ?? false,
    minorVersion: Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0),
    nodes: nodes.map((node) => node.name),
    image: loadImage,
    prefix: uniqueNamespaceName(),
    createNamespaces: (namespaces) =>
      createNamespaces(
        kubectl,
        namespaces.map((one) => namespaceObject(one.name, one.labels)),
        signal,
      ),
    removeNamespaces: (namespaces) => deleteNamespaces(kubectl, namespaces, signal),
    createPods: async (pods) => {
      await kubectl.create(pods, { signal });
      const started = await connectPods(
        kubectl,
        pods.map(({ metadata }) => metadata),
        signal,
      );
      return started.map(({ namespace, name: pod, ip, connection: running }) => ({
        namespace,
        name: pod,
        ip,
        shell: running.agent,
      }));
    },
    runPods: async (pods) => {
      await kubectl.create(pods, { signal });
      return waitForPods(
        kubectl,
        pods.map(({ metadata }) => metadata),
        signal,
      );
    },
    withApi: async (use) => {
      const api = await openProxy(kubectl, signal);
      return use(api).finally(() => api[Symbol.asyncDispose]());
    },
    apply: (objects) => kubectl.apply(list(objects), { signal }),
    removePolicies: async (namespaces) => {
      for (const namespace of namespaces)
        await kubectl.run(["delete", "networkpolicies", "--all", "-n", namespace], { signal });
    },
  };
}
