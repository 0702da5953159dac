/** The namespace of one deployment, made for it and gone with it. */
import { randomBytes } from "node:crypto";
import type { KubernetesCluster } from "../cluster.ts";
import type { PodHome } from "./pods.ts";

/** Label of everything that cnibench makes in a cluster. */
export const OWNED_LABEL = "app.kubernetes.io/managed-by=cnibench";
/** Seconds until a new namespace has the account that its pods run as. */
const LIMIT = 60;

export async function openHome({ kubectl, loadImage, privileged }: Pick<KubernetesCluster, "kubectl" | "loadImage" | "privileged">, signal: AbortSignal): Promise<PodHome> {
  const namespace = `cnibench-${randomBytes(4).toString("hex")}`;
  const [key = "", value = ""] = OWNED_LABEL.split("=");
  await kubectl.create([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { [key]: value } } }], { signal });
  const account = async (): Promise<true | null> => ((await kubectl.list(["serviceaccounts", "-n", namespace], { signal })).length > 0 ? true : null);
  await kubectl.until(`namespace ${namespace} got no account for its pods`, account, { limit: LIMIT, signal });
  return { kubectl, namespace, image: loadImage, privileged };
}
