/** The namespace of one deployment, made for it and gone with it. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { KubernetesCluster } from "../cluster.ts";
import type { Kubectl } from "./kubectl.ts";
import type { PodNamespace } from "./pods.ts";

const [MANAGED_BY_KEY, MANAGED_BY_VALUE] = ["app.kubernetes.io/managed-by", "cnibench"] as const;
/** Label of every namespace that cnibench makes. */
export const MANAGED_BY_LABEL = `${MANAGED_BY_KEY}=${MANAGED_BY_VALUE}`;
/** Annotations that tell whose it is: what a crashed process left may be removed, what another machine made may not. */
export const OWNER_HOST_ANNOTATION = "cnibench.dev/host";
export const OWNER_PID_ANNOTATION = "cnibench.dev/process";
/** What a namespace of this process is marked with. */
const OWNER_METADATA = {
  labels: { [MANAGED_BY_KEY]: MANAGED_BY_VALUE },
  annotations: { [OWNER_HOST_ANNOTATION]: hostname(), [OWNER_PID_ANNOTATION]: String(process.pid) },
} as const;
/** Seconds until a new namespace has the account that its pods run as. */
const CREATION_TIMEOUT_S = 60;
/** Seconds for a namespace with some hundred pods to go. */
const REMOVAL_TIMEOUT_S = 300;

interface NamespaceObject {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/** @param level of Pod Security; pods in the networks of their nodes are allowed at `privileged` alone */
export async function createPodNamespace(
  { kubectl, loadImage }: Pick<KubernetesCluster, "kubectl" | "loadImage">,
  level: "privileged" | "restricted",
  signal: AbortSignal,
): Promise<PodNamespace> {
  const namespace = uniqueNamespaceName();
  await createNamespaces(
    kubectl,
    [namespaceObject(namespace, { "pod-security.kubernetes.io/enforce": level })],
    signal,
  );
  return { kubectl, namespace, image: loadImage };
}

/** @param labels beside those that mark it as cnibench's */
export function namespaceObject(name: string, labels: Readonly<Record<string, string>> = {}): NamespaceObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { ...labels, ...OWNER_METADATA.labels }, annotations: OWNER_METADATA.annotations },
  };
}

/** Makes namespaces and waits until pods can be made in them. */
export async function createNamespaces(
  kubectl: Kubectl,
  namespaces: readonly NamespaceObject[],
  signal: AbortSignal,
): Promise<void> {
  await kubectl.create(namespaces, { signal });
  for (const { metadata } of namespaces) {
    const { name } = metadata;
    const account = async (): Promise<true | null> =>
      (await kubectl.list(["serviceaccounts", "-n", name], { signal })).length > 0 ? true : null;
    await kubectl.waitFor(`namespace ${name} got no account for its pods`, account, {
      timeout: CREATION_TIMEOUT_S,
      signal,
    });
  }
}

/** Deletes them and waits until they are gone. @throws EnvironmentError when they do not go. */
export async function deleteNamespaces(kubectl: Kubectl, names: readonly string[], signal: AbortSignal): Promise<void> {
  await kubectl.run(["delete", "namespace", ...names], { signal, timeout: REMOVAL_TIMEOUT_S });
}

/** For a namespace, or the beginning of the names of several. */
export function uniqueNamespaceName(): string {
  return `cnibench-${randomBytes(4).toString("hex")}`;
}
