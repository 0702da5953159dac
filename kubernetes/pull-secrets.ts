/** Lets all pods of a namespace pull images from a private registry. */
import { valueAt } from "../core/untrusted-json.ts";
import type { Kubectl } from "./client.ts";

const MAX_NAME_CHARS = 253;

/** Reports whether a string is a valid name of an object: a DNS subdomain (RFC 1123). */
export function isObjectName(name: string): boolean {
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  return name.length <= MAX_NAME_CHARS && new RegExp(`^${label}(\\.${label})*$`).test(name);
}

/**
 * Copies the pull secrets of the cluster access into a namespace of cnibench, and adds them to its service account,
 * from which every pod gets them.
 * @throws EnvironmentError if a secret does not exist in the namespace of the context
 */
export async function providePullSecrets(kubectl: Kubectl, namespace: string, signal: AbortSignal): Promise<void> {
  const { pullSecrets = [] } = kubectl.access;
  if (pullSecrets.length === 0) return;
  const copies = await Promise.all(
    pullSecrets.map(async (name) => {
      const secret = await kubectl.get(["secret", name], { signal });
      const [type, data] = [valueAt(secret, "type"), valueAt(secret, "data")];
      return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type, data };
    }),
  );
  await kubectl.create(copies, { signal });
  const patch = JSON.stringify({ imagePullSecrets: pullSecrets.map((name) => ({ name })) });
  await kubectl.run(["patch", "serviceaccount", "default", "-n", namespace, "--type=merge", `--patch=${patch}`], {
    signal,
  });
}
