/** All nodes of a cluster of the user's, with root on each of them: only for putting a plugin on it, and for taking it off. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { openHome } from "../kubernetes/home.ts";
import { enterPods, linkOf } from "../kubernetes/pods.ts";
import { openAccess } from "./access.ts";
import { API_SERVICE } from "./api-service.ts";
import { candidateOf } from "./choose-nodes.ts";
import { removeNamespaces } from "./clean.ts";
import { rangeOfAll } from "./pod-range.ts";

/** Where the pods see the files of their nodes. */
const ROOT = "/host";
/** Seconds after which Kubernetes ends such a pod, also when cnibench is not there any more. */
const LIFETIME = 3600;

/** @param context null: the current one. @throws EnvironmentError when such pods are not allowed, or a node runs none. */
export async function takeWhole(
  context: string | null,
  loadImage: string,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const access = await openAccess(context, signal);
  const { kubectl, version } = access;
  try {
    const found = (await kubectl.list(["nodes"], { signal })).map(candidateOf);
    const podCidr = rangeOfAll(found);
    const { namespace } = await openHome({ kubectl, loadImage }, "privileged", signal);
    const names = found.map((_, i) => `root-${i + 1}`);
    await kubectl.create(
      names.map((name, i) => rootPod(namespace, name, found[i]?.name ?? "", loadImage)),
      { signal },
    );
    const entered = await enterPods(
      kubectl,
      names.map((name) => ({ namespace, name })),
      signal,
    );
    const nodes = entered.map(({ running }, i): Node => {
      const { name = "", ip = "", podCidr: range = "" } = found[i] ?? {};
      return { name, index: i + 1, ip, ip6: null, podCidr: range, podCidr6: "", shell: running.agent };
    });
    const links = await Promise.all(nodes.map(({ name, ip, shell }) => linkOf(shell, name, ip)));
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
        nodeRoot: ROOT,
        podCidr,
        podCidr6: "unknown",
        kubectl,
        loadImage,
        version,
        apiServer: API_SERVICE,
        kubeProxyMode: null,
      },
      ...{ installsPlugin: true, byDigest: true },
      // Those could not be told from what was there, and taken off again.
      putFiles: () => Promise.reject(new EnvironmentError("cnibench puts no programs of others on nodes of yours")),
      enter: ({ index }) => entered[index - 1]?.enter ?? [],
      createSandbox: () =>
        Promise.reject(new EnvironmentError("nothing is measured on the nodes while a plugin is put on them")),
      [Symbol.asyncDispose]: async () => {
        for (const { running } of entered) running.stream.closeStdin();
        await removeNamespaces(kubectl).finally(access.close);
      },
    };
  } catch (error) {
    await removeNamespaces(kubectl).finally(access.close);
    throw error;
  }
}

function rootPod(namespace: string, name: string, nodeName: string, image: string): object {
  const container = {
    name: "root",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["sleep", "infinity"],
    securityContext: { privileged: true },
    volumeMounts: [{ name: "root", mountPath: ROOT }],
  };
  const ends = {
    terminationGracePeriodSeconds: 0,
    activeDeadlineSeconds: LIFETIME,
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
      ...ends,
      containers: [container],
      volumes,
    },
  };
}
