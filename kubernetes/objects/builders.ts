/** Builds the Kubernetes objects that several recipes share, as plain data. */

interface AccountOptions {
  readonly name: string;
  readonly namespace: string;
  /** Rules of the ClusterRole. */
  readonly rules: readonly RbacRule[];
}

export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
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

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Default: the entrypoint of the image. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly object[];
  readonly securityContext?: object;
  readonly readinessProbe?: object;
  readonly volumeMounts?: readonly VolumeMount[];
}

interface DaemonSetOptions {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly initContainers: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly object[];
}

/** Returns a DaemonSet that also runs on nodes without a pod network: host network, all taints tolerated. */
export function daemonSetObject({
  name,
  namespace,
  account,
  initContainers,
  containers,
  volumes,
}: DaemonSetOptions): object {
  const labels = { app: name };
  const withPullPolicy = (container: ContainerSpec): object => ({ ...container, imagePullPolicy: "IfNotPresent" });
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
export function hostDirectory(name: string, path: string): object {
  return { name, hostPath: { path, type: "DirectoryOrCreate" } };
}

/** Returns a volume for a file of the node, created if missing: a mount of a missing file would create a directory. */
export function hostFile(name: string, path: string): object {
  return { name, hostPath: { path, type: "FileOrCreate" } };
}

/** Returns an environment variable with the value of a pod field. */
export function envFromField(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** Returns the objects as one JSON document of kind List. */
export function objectList(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
