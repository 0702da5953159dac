/** Namespaces of cnibench, which are created for one deployment and deleted with it. */
import { randomBytes } from "node:crypto";
import type { Host } from "../core/host.ts";
import { ownIdentity } from "../core/process-identity.ts";
import { waitUntil } from "../core/wait.ts";
import type { Kubectl } from "./client.ts";
import type { PodNamespace } from "./pods.ts";
import type { Namespace } from "./api-types.ts";
import { providePullSecrets } from "./pull-secrets.ts";

const [MANAGED_BY_KEY, MANAGED_BY_VALUE] = ["app.kubernetes.io/managed-by", "cnibench"] as const;
/** Label of every namespace that cnibench creates. */
export const MANAGED_BY_LABEL = `${MANAGED_BY_KEY}=${MANAGED_BY_VALUE}`;
/**
 * Annotations that identify the owner of a namespace, so that `clean` only deletes those of dead processes on this
 * host.
 */
export const OWNER_ANNOTATIONS = {
  host: "cnibench.dev/host",
  pid: "cnibench.dev/process",
  birth: "cnibench.dev/process-birth",
} as const;
/** Seconds until a new namespace has the service account of its pods. */
const CREATION_TIMEOUT_S = 60;
/** Seconds to delete a namespace with several hundred pods. */
const REMOVAL_TIMEOUT_S = 300;

/**
 * Creates a namespace for pods.
 * @param level of Pod Security; pods in the network of their node require `privileged`
 */
export async function createPodNamespace(
  { kubectl, loadImage }: { readonly kubectl: Kubectl; readonly loadImage: string },
  level: "privileged" | "restricted",
  signal: AbortSignal,
): Promise<PodNamespace> {
  const namespace = uniqueNamespaceName();
  await createNamespaces(
    kubectl,
    [namespaceObject(kubectl.host, namespace, { "pod-security.kubernetes.io/enforce": level })],
    signal,
  );
  return { kubectl, namespace, image: loadImage };
}

/**
 * Returns a namespace that this process on this host owns.
 * @param labels in addition to the one that identifies cnibench
 */
export function namespaceObject(
  { hostname }: Pick<Host, "hostname">,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Namespace {
  const { pid, birth } = ownIdentity();
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: { ...labels, [MANAGED_BY_KEY]: MANAGED_BY_VALUE },
      annotations: {
        [OWNER_ANNOTATIONS.host]: hostname,
        [OWNER_ANNOTATIONS.pid]: String(pid),
        [OWNER_ANNOTATIONS.birth]: birth ?? "",
      },
    },
  };
}

/** Creates namespaces and waits until pods can be created in them. */
export async function createNamespaces(
  kubectl: Kubectl,
  namespaces: readonly Namespace[],
  signal: AbortSignal,
): Promise<void> {
  await kubectl.create(namespaces, { signal });
  for (const { metadata } of namespaces) {
    const { name } = metadata;
    const check = async (): Promise<boolean> =>
      (await kubectl.list(["serviceaccounts", "-n", name], { signal })).length > 0;
    await waitUntil(`namespace ${name} got no service account`, check, {
      timeout: CREATION_TIMEOUT_S,
      signal,
      clock: kubectl.clock,
    });
    await providePullSecrets(kubectl, name, signal);
  }
}

/** Deletes namespaces and waits until they no longer exist. @throws EnvironmentError on a timeout */
export async function deleteNamespaces(kubectl: Kubectl, names: readonly string[], signal: AbortSignal): Promise<void> {
  await kubectl.run(["delete", "namespace", ...names], { signal, timeout: REMOVAL_TIMEOUT_S });
}

/** Returns a name for one namespace, or a prefix for several. */
export function uniqueNamespaceName(): string {
  return `cnibench-${randomBytes(4).toString("hex")}`;
}
