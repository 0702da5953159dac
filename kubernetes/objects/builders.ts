/** Builds the Kubernetes objects that plugins, runners and deployments share, as plain data. */
import type {
  Container,
  DaemonSet,
  EnvVar,
  NamespacedObject,
  NetworkPolicy,
  NetworkPolicySpec,
  PolicyRule,
  Service,
  ServiceSpec,
  Volume,
} from "../api-types.ts";

/** Returns a service. */
export function serviceObject(metadata: NamespacedObject["metadata"], spec: ServiceSpec): Service {
  return { apiVersion: "v1", kind: "Service", metadata, spec };
}

/** Returns a network policy. */
export function networkPolicyObject(metadata: NamespacedObject["metadata"], spec: NetworkPolicySpec): NetworkPolicy {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

interface AccountOptions {
  readonly name: string;
  readonly namespace: string;
  /** Rules of the ClusterRole. */
  readonly rules: readonly PolicyRule[];
}

/** Returns a ServiceAccount and its cluster-wide permissions. */
export function serviceAccountObjects({ name, namespace, rules }: AccountOptions): readonly object[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  const subject = { kind: "ServiceAccount", name, namespace };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { apiVersion: rbac, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion: rbac,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [subject],
    },
  ];
}

interface DaemonSetOptions {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

/** Returns a DaemonSet that also runs on nodes without a pod network: host network, all taints tolerated. */
export function daemonSetObject({
  name,
  namespace,
  account,
  initContainers,
  containers,
  volumes,
}: DaemonSetOptions): DaemonSet {
  const labels = { app: name };
  const withPullPolicy = (container: Container): Container => ({ ...container, imagePullPolicy: "IfNotPresent" });
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          serviceAccountName: account,
          priorityClassName: "system-node-critical",
          tolerations: [{ operator: "Exists" }],
          initContainers: initContainers.map(withPullPolicy),
          containers: containers.map(withPullPolicy),
          volumes,
        },
      },
    },
  };
}

/** Returns a volume for a directory of the node. */
export function hostDirectory(name: string, path: string): Volume {
  return { name, hostPath: { path, type: "DirectoryOrCreate" } };
}

/** Returns a volume for a file of the node, created if missing: a mount of a missing file would create a directory. */
export function hostFile(name: string, path: string): Volume {
  return { name, hostPath: { path, type: "FileOrCreate" } };
}

/** Returns an environment variable with the value of a pod field. */
export function envFromField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** Returns the objects as one JSON document of kind List. */
export function objectList(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
