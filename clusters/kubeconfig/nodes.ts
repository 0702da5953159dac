/** Shells on the nodes of a cluster of the user's: a pod on each, in the node's network, as far as the cluster lets one in. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { openHome } from "../kubernetes/home.ts";
import { linkOf, startPods } from "../kubernetes/pods.ts";
import type { Candidate } from "./choose-nodes.ts";

export interface EnteredNodes {
  readonly nodes: readonly Node[];
  /** The smallest of the interfaces that carry the nodes' addresses, bytes. */
  readonly underlayMtu: number;
  readonly enter: (node: Node) => readonly string[];
  readonly close: () => void;
}

/** @throws EnvironmentError when the cluster allows no such pods. */
export async function enterNodes(
  cluster: Pick<KubernetesCluster, "kubectl" | "loadImage">,
  chosen: readonly Candidate[],
  signal: AbortSignal,
): Promise<EnteredNodes> {
  const home = await openHome(cluster, "privileged", signal);
  const wishes = chosen.map(({ name }, i) => ({ name: `node-${i + 1}`, nodeName: name, hostNetwork: true }));
  const started = await startPods(home, wishes, signal).catch((error: unknown) => {
    if (
      !(error instanceof EnvironmentError) ||
      !/violates PodSecurity|forbidden|security context constraint/i.test(error.message)
    )
      throw error;
    throw new EnvironmentError(
      `the cluster allows no pods in the network of its nodes, which the baseline needs: ${error.message}; allow level "privileged" of Pod Security for namespaces labelled app.kubernetes.io/managed-by=cnibench`,
    );
  });
  const nodes = started.map(({ running }, i): Node => {
    const { name = "", ip = "", podCidr = "" } = chosen[i] ?? {};
    return { name, index: i + 1, ip, ip6: null, podCidr, podCidr6: "", shell: running.agent };
  });
  const links = await Promise.all(nodes.map(({ name, ip, shell }) => linkOf(shell, name, ip)));
  return {
    nodes,
    underlayMtu: Math.min(...links.map(({ mtu }) => mtu)),
    enter: ({ index }) => started[index - 1]?.enter ?? [],
    close: () => {
      for (const { running } of started) running.stream.closeStdin();
    },
  };
}
