/** Connects to the nodes of an existing cluster through a pod on each, which runs in the network of its node. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import type { ClusterFacts, KubernetesCluster, NodeCpus } from "../cluster.ts";
import { createPodNamespace, findInterface, type StartedPod, startPods } from "../../kubernetes/index.ts";
import type { CandidateNode } from "./choose-nodes.ts";

export const EXISTING_CPUS: NodeCpus = { leaveIdle: "cnibench does not change the idle states of existing nodes" };

/** Nodes of an existing cluster, until their connections are closed. */
interface ConnectedNodes {
  readonly nodes: readonly Node[];
  readonly facts: ClusterFacts;
  readonly enterCommand: (node: Node) => readonly string[];
  /** Ends the connections. */
  readonly close: () => void;
}

/** Starts a pod on each node. @throws EnvironmentError if the cluster does not allow such pods */
export async function connectNodes(
  cluster: Pick<KubernetesCluster, "kubectl" | "loadImage">,
  chosen: readonly CandidateNode[],
  signal: AbortSignal,
): Promise<ConnectedNodes> {
  const podNamespace = await createPodNamespace(cluster, "privileged", signal);
  const placements = chosen.map(({ name }, i) => ({
    name: `node-${i + 1}`,
    nodeName: name,
    access: "host network" as const,
  }));
  const started = await startPods(podNamespace, placements, signal).catch((error: unknown) => {
    if (
      !(error instanceof EnvironmentError) ||
      !/violates PodSecurity|forbidden|security context constraint/i.test(error.message)
    )
      throw error;
    throw new EnvironmentError(
      `the cluster does not allow pods in the network of its nodes, which the baseline requires: ${error.message}; ` +
        'allow Pod Security level "privileged" for namespaces labeled app.kubernetes.io/managed-by=cnibench',
    );
  });
  return toConnectedNodes(chosen, started);
}

/**
 * Combines the objects of the nodes with the pods that run on them.
 * @param pods one for each candidate, in the same order
 */
export async function toConnectedNodes(
  candidates: readonly CandidateNode[],
  pods: readonly StartedPod[],
): Promise<ConnectedNodes> {
  const nodes = pods.map(({ connection }, i): Node => {
    const { name = "", ip = "" } = candidates[i] ?? {};
    return { name, index: i + 1, ip, ip6: null, shell: connection.agent };
  });
  const interfaces = await Promise.all(nodes.map(({ name, ip, shell }) => findInterface(shell, name, ip)));
  const facts: ClusterFacts = {
    isolation: "machines",
    underlayMtu: Math.min(...interfaces.map(({ mtu }) => mtu)),
    underlayRate: null,
    underlayDelay: null,
    underlayLoss: null,
    sameHost: false,
    emulated: false,
    cpuAccounting: "machine",
  };
  return {
    nodes,
    facts,
    enterCommand: ({ index }) => pods[index - 1]?.enterCommand ?? [],
    close: () => {
      for (const { connection } of pods) connection.stream.closeStdin();
    },
  };
}
