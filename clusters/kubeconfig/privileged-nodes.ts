/** All nodes of a cluster of the user's, with root on each of them: only for putting a plugin on it, and for taking it off. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { createPodNamespace } from "../kubernetes/namespace.ts";
import { connectPods, findInterface } from "../kubernetes/pods.ts";
import { openAccess } from "./access.ts";
import { API_SERVER_SERVICE } from "./api-service.ts";
import { parseCandidate } from "./choose-nodes.ts";
import { removeOwnNamespaces } from "./clean.ts";
import { smallestCommonRange } from "./pod-range.ts";

/** Where the pods see the files of their nodes. */
const NODE_ROOT = "/host";
/** Seconds after which Kubernetes ends such a pod, also when cnibench is not there any more. */
const POD_LIFETIME_S = 3600;

/** @param context null: the current one. @throws EnvironmentError when such pods are not allowed, or a node runs none. */
export async function openPrivilegedNodes(
  context: string | null,
  loadImage: string,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const access = await openAccess(context, signal);
  const { kubectl, version } = access;
  try {
    const candidates = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
    const podCidr = smallestCommonRange(candidates);
    const { namespace } = await createPodNamespace({ kubectl, loadImage }, "privileged", signal);
    const names = candidates.map((_, i) => `root-${i + 1}`);
    await kubectl.create(
      names.map((name, i) => privilegedPod(namespace, name, candidates[i]?.name ?? "", loadImage)),
      { signal },
    );
    const connected = await connectPods(
      kubectl,
      names.map((name) => ({ namespace, name })),
      signal,
    );
    const nodes = connected.map(({ connection: running }, i): Node => {
      const { name = "", ip = "", podCidr: range = "" } = candidates[i] ?? {};
      return { name, index: i + 1, ip, ip6: null, podCidr: range, podCidr6: "", shell: running.agent };
    });
    const links = await Promise.all(nodes.map(({ name, ip, shell }) => findInterface(shell, name, ip)));
    const facts = {
      isolation: "machines",
      underlayMtu: Math.min(...links.map(({ mtu }) => mtu)),
      underlayRate: null,
      underlayDelay: null,
      underlayLoss: null,
      sameHost: false,
      emulated: false,
    };
    return {
      kind: "kubeconfig",
      api: "kubernetes",
      ...{
        facts,
        nodes,
        nodeRoot: NODE_ROOT,
        podCidr,
        podCidr6: "unknown",
        kubectl,
        loadImage,
        version,
        apiServer: API_SERVER_SERVICE,
        kubeProxyMode: null,
      },
      ...{ installsPlugin: true, pullsByDigest: true },
      // Those could not be told from what was there, and taken off again.
      putFiles: () => Promise.reject(new EnvironmentError("cnibench puts no programs of others on nodes of yours")),
      enterCommand: ({ index }) => connected[index - 1]?.enterCommand ?? [],
      createSandbox: () =>
        Promise.reject(new EnvironmentError("nothing is measured on the nodes while a plugin is put on them")),
      [Symbol.asyncDispose]: async () => {
        for (const { connection: running } of connected) running.stream.closeStdin();
        await removeOwnNamespaces(kubectl).finally(access.close);
      },
    };
  } catch (error) {
    await removeOwnNamespaces(kubectl).finally(access.close);
    throw error;
  }
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
