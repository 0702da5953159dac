/** Objects of the Kubernetes API that several recipes are made of, as plain data. */

interface AccountOptions {
  readonly name: string;
  readonly namespace: string;
  /** Rules of a cluster role. */
  readonly rules: readonly RbacRule[];
}

export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A service account, and what it may do in the whole cluster. */
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
  /** Left out: the image's own. */
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

/** A daemonset on every node, also on one that has no network yet, in the network of the node. */
export function daemonSetObject({
  name,
  namespace,
  account,
  initContainers,
  containers,
  volumes,
}: DaemonSetOptions): object {
  const labels = { app: name };
  const present = (container: ContainerSpec): object => ({ ...container, imagePullPolicy: "IfNotPresent" });
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
          initContainers: initContainers.map(present),
          containers: containers.map(present),
          volumes,
        },
      },
    },
  };
}

/** A folder of the node. */
export function hostDirectory(name: string, path: string): object {
  return { name, hostPath: { path, type: "DirectoryOrCreate" } };
}

/** A file of the node, made where there is none: a mount of a missing file would make a folder. */
export function hostFile(name: string, path: string): object {
  return { name, hostPath: { path, type: "FileOrCreate" } };
}

export function envFromField(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** Several objects as one JSON document that the API takes. */
export function objectList(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
