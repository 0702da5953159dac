/** Pods that runners create on a Kubernetes cluster. */
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../kubernetes/pod-security.ts";
import type { ClusterDeployment, PodObject } from "./deployment.ts";

/** Time after which Kubernetes stops a pod, even if cnibench was killed. */
const POD_LIFETIME_S = 3600;

export interface RunnerPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of its node. Default: the scheduler chooses. */
  readonly node?: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly ports?: readonly object[];
}

/** Returns a pod with one container that satisfies the restricted Pod Security level and tolerates all taints. */
export function runnerPod({ namespace, name, labels, ...pod }: RunnerPod): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { ...runnerPodSpec(pod), activeDeadlineSeconds: POD_LIFETIME_S },
  };
}

/** Returns the pod spec alone, for the pod template of a workload. */
export function runnerPodSpec({
  node,
  image,
  command,
  ports = [],
}: Pick<RunnerPod, "node" | "image" | "command" | "ports">): object {
  const container = {
    name: "probe",
    image,
    imagePullPolicy: "IfNotPresent",
    command,
    ports,
    securityContext: RESTRICTED_CONTAINER,
  };
  return {
    ...(node === undefined ? {} : { nodeName: node }),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: "Exists" }],
    securityContext: RESTRICTED_POD,
    containers: [container],
  };
}

/** Runs `use` with a new namespace, then deletes the namespace with its contents before the next measurement. */
export async function withNamespace<T>(
  deployment: ClusterDeployment,
  purpose: string,
  use: (namespace: string) => Promise<T>,
): Promise<T> {
  const name = `${deployment.prefix}-${purpose}`;
  await deployment.createNamespaces([{ name, labels: {} }]);
  try {
    return await use(name);
  } finally {
    await deployment.removeNamespaces([name]);
  }
}
