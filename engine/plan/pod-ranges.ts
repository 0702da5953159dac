/** Computes larger IPv4 pod ranges for the nodes if a scenario asks for them. Pure. */
import type { BareCluster } from "../../clusters/cluster.ts";

/** Returns the cluster with larger node ranges from its /16. @param prefix prefix length of the ranges, at most 24 */
export function withPodRange(cluster: BareCluster, prefix: number): BareCluster {
  const nodes = cluster.nodes.map((node) => ({ ...node, podCidr: podRangeOf(cluster.podCidr, node.index, prefix) }));
  return { ...cluster, nodes };
}

/**
 * Returns the pod range of a node. The sixteenth /20 range starts at the first address of the /16.
 * @param index 1 for the first node
 */
export function podRangeOf(clusterCidr: string, index: number, prefix: number): string {
  const [first, second] = clusterCidr.split(".");
  const third = (index * 2 ** (24 - prefix)) % 256;
  return `${first}.${second}.${third}.0/${prefix}`;
}
