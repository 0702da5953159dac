/** Finds the lost nodes of a Kubernetes cluster after a failure that a lost node may have caused. */
import type { KubernetesCluster } from "../../../clusters/index.ts";
import { readNode } from "../../../kubernetes/index.ts";
import type { Host } from "../../../core/host.ts";
import { succeeded } from "../../../core/shell.ts";
import { poll } from "../../../core/wait.ts";

/** Time within which a node must answer. */
const ANSWER_TIMEOUT_S = 5;
/** Time until Kubernetes reports that a node is not ready: its default grace period is 40 s. */
const NOT_READY_TIMEOUT_S = 75;

/** Describes the nodes that do not answer, or returns null if all nodes answer. */
export async function describeLostNodes(
  { shell, signal, clock }: Host,
  { nodes, kubectl, enterCommand }: Pick<KubernetesCluster, "nodes" | "kubectl" | "enterCommand">,
): Promise<string | null> {
  const answers = await Promise.all(
    nodes.map(async (node) => ({
      node,
      answered: succeeded(await node.shell.exec(["true"], { timeout: ANSWER_TIMEOUT_S, signal })),
    })),
  );
  const silent = answers.filter(({ answered }) => !answered).map(({ node }) => node);
  if (silent.length === 0) return null;
  const names = silent.map(({ name }) => name).join(", ");
  const inspect = async (): Promise<string | null> => {
    const lost = (await kubectl.list(["nodes"], { signal }))
      .map(readNode)
      .filter(({ ready }) => !ready)
      .map(({ name }) => name)
      .filter((name) => silent.some((one) => one.name === name));
    if (lost.length > 0)
      return (
        `lost ${lost.length === 1 ? "node" : "nodes"} ${lost.join(", ")}: no answer, and not ready according to ` +
        `Kubernetes; run "kubectl describe node ${lost[0]}"`
      );
    const reconnected = await Promise.all(
      silent.map((node) =>
        shell.exec([...enterCommand(node, false), "true"], { stdin: "", timeout: ANSWER_TIMEOUT_S, signal }),
      ),
    );
    return reconnected.every(succeeded)
      ? `the connection to ${names} was lost, but new connections succeed; the API server may have restarted`
      : null;
  };
  const reported = await poll(inspect, { timeout: NOT_READY_TIMEOUT_S, signal, clock }).catch(() => null);
  return reported ?? `the connection to ${names} was lost, although Kubernetes reports no lost node among them`;
}
