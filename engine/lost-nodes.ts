/** Which nodes of a cluster with Kubernetes are lost: asked when something failed that may have failed of it. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { isReady } from "../clusters/kubernetes/explain.ts";
import { stringAt } from "../core/json.ts";
import { succeeded } from "../core/shell.ts";

/** Seconds for a node to answer. */
const ANSWER = 5;
/** Seconds until Kubernetes has seen that a node is silent: it waits for 40. */
const LIMIT = 75;

/** @returns a sentence with their names; null: every node answers. */
export async function lostNodes({ nodes, kubectl }: Pick<KubernetesCluster, "nodes" | "kubectl">, signal: AbortSignal): Promise<string | null> {
  const answers = await Promise.all(nodes.map(async ({ name, shell }) => ({ name, there: succeeded(await shell.exec(["true"], { timeout: ANSWER, signal })) })));
  const silent = answers.filter(({ there }) => !there).map(({ name }) => name);
  if (silent.length === 0) return null;
  const look = async (): Promise<readonly string[] | null> => {
    const found = (await kubectl.list(["nodes"], { signal })).filter((node) => silent.includes(stringAt(node, "metadata", "name") ?? "") && !isReady(node));
    return found.length === 0 ? null : found.map((node) => stringAt(node, "metadata", "name") ?? "");
  };
  const lost = await kubectl.find(look, { limit: LIMIT, signal }).catch(() => null);
  if (lost === null) return `the connection to ${silent.join(", ")} is lost; Kubernetes does not say that a node of these is lost`;
  return `node ${lost.join(", ")} is lost: it does not answer, and Kubernetes says that it is not ready; see: kubectl describe node ${lost[0]}`;
}
