/** Pods that a runner makes for itself on a cluster with Kubernetes. */
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../core/pod-security.ts";
import type { ClusterDeployment, PodObject } from "./deployment.ts";

/** Seconds after which Kubernetes ends a pod, also when cnibench is not there any more. */
const POD_LIFETIME_S = 3600;

export interface RunnerPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of its node; left out: the scheduler chooses. */
  readonly node?: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly ports?: readonly object[];
}

/** With one container. It fits the restricted level of Pod Security, and every node. */
export function runnerPod({ namespace, name, labels, ...pod }: RunnerPod): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { ...runnerPodSpec(pod), activeDeadlineSeconds: POD_LIFETIME_S },
  };
}

/** The same for the pods of a workload. */
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

/** Gives `use` a namespace that is gone, with all that is in it, before anything else is measured. */
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
