/** Which nodes of a cluster with Kubernetes are lost: asked when something failed that may have failed of it. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { isReady } from "../clusters/kubernetes/explain-pods.ts";
import { stringAt } from "../core/json.ts";
import { localShell } from "../core/local.ts";
import { succeeded } from "../core/shell.ts";

/** Seconds for a node to answer. */
const ANSWER_TIMEOUT_S = 5;
/** Seconds until Kubernetes has seen that a node is silent: it waits for 40. */
const NOT_READY_TIMEOUT_S = 75;

/** @returns a sentence with their names; null: every node answers. */
export async function describeLostNodes(
  { nodes, kubectl, enterCommand }: Pick<KubernetesCluster, "nodes" | "kubectl" | "enterCommand">,
  signal: AbortSignal,
): Promise<string | null> {
  const answers = await Promise.all(
    nodes.map(async (node) => ({
      node,
      answered: succeeded(await node.shell.exec(["true"], { timeout: ANSWER_TIMEOUT_S, signal })),
    })),
  );
  const silent = answers.filter(({ answered: there }) => !there).map(({ node }) => node);
  if (silent.length === 0) return null;
  const names = silent.map(({ name }) => name).join(", ");
  const inspect = async (): Promise<string | null> => {
    const lost = (await kubectl.list(["nodes"], { signal }))
      .filter((node) => !isReady(node))
      .map((node) => stringAt(node, "metadata", "name") ?? "")
      .filter((name) => silent.some((one) => one.name === name));
    if (lost.length > 0)
      return `node ${lost.join(", ")} is lost: it does not answer, and Kubernetes says that it is not ready; see: kubectl describe node ${lost[0]}`;
    const reconnected = await Promise.all(
      silent.map((node) =>
        localShell().exec([...enterCommand(node, false), "true"], { stdin: "", timeout: ANSWER_TIMEOUT_S, signal }),
      ),
    );
    return reconnected.every(succeeded)
      ? `the connection to ${names} was lost, and the node is there: did the API server restart?`
      : null;
  };
  const reported = await kubectl.poll(inspect, { timeout: NOT_READY_TIMEOUT_S, signal }).catch(() => null);
  return reported ?? `the connection to ${names} is lost; Kubernetes does not say that a node of these is lost`;
}
