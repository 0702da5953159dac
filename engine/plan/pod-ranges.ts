/** Computes larger IPv4 pod ranges for the nodes if a scenario asks for them. Pure. */
import type { BareCluster } from "../../clusters/cluster.ts";
import { partOf } from "../../core/ip.ts";

/**
 * Returns the cluster with larger node ranges from its /16. The sixteenth /20 starts at the first address of the /16.
 * @param prefix prefix length of the ranges, at most 24
 */
export function withPodRange(cluster: BareCluster, prefix: number): BareCluster {
  const nodes = cluster.nodes.map((node) => ({ ...node, podCidr: partOf(cluster.podCidr, prefix, node.index) }));
  return { ...cluster, nodes };
}
