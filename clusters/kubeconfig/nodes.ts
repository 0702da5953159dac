/** Shells on the nodes of a cluster of the user's: a pod on each, in the node's network, as far as the cluster lets one in. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import type { KubernetesCluster } from "../cluster.ts";
import { createPodNamespace } from "../kubernetes/namespace.ts";
import { findInterface, startPods } from "../kubernetes/pods.ts";
import type { CandidateNode } from "./choose-nodes.ts";

export interface ConnectedNodes {
  readonly nodes: readonly Node[];
  /** The smallest of the interfaces that carry the nodes' addresses, bytes. */
  readonly underlayMtu: number;
  readonly enterCommand: (node: Node) => readonly string[];
  readonly close: () => void;
}

/** @throws EnvironmentError when the cluster allows no such pods. */
export async function connectNodes(
  cluster: Pick<KubernetesCluster, "kubectl" | "loadImage">,
  chosen: readonly CandidateNode[],
  signal: AbortSignal,
): Promise<ConnectedNodes> {
  const podNamespace = await createPodNamespace(cluster, "privileged", signal);
  const placements = chosen.map(({ name }, i) => ({ name: `node-${i + 1}`, nodeName: name, hostNetwork: true }));
  const started = await startPods(podNamespace, placements, signal).catch((error: unknown) => {
    if (
      !(error instanceof EnvironmentError) ||
      !/violates PodSecurity|forbidden|security context constraint/i.test(error.message)
    )
      throw error;
    throw new EnvironmentError(
      `the cluster allows no pods in the network of its nodes, which the baseline needs: ${error.message}; allow level "privileged" of Pod Security for namespaces labelled app.kubernetes.io/managed-by=cnibench`,
    );
  });
  const nodes = started.map(({ connection: running }, i): Node => {
    const { name = "", ip = "", podCidr = "" } = chosen[i] ?? {};
    return { name, index: i + 1, ip, ip6: null, podCidr, podCidr6: "", shell: running.agent };
  });
  const interfaces = await Promise.all(nodes.map(({ name, ip, shell }) => findInterface(shell, name, ip)));
  return {
    nodes,
    underlayMtu: Math.min(...interfaces.map(({ mtu }) => mtu)),
    enterCommand: ({ index }) => started[index - 1]?.enterCommand ?? [],
    close: () => {
      for (const { connection: running } of started) running.stream.closeStdin();
    },
  };
}
