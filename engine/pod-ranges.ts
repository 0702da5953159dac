/** The ranges that nodes' pods get their IPv4 addresses from, where a scenario asks for larger ones. Pure. */
import type { BareCluster } from "../clusters/cluster.ts";

/** The cluster with ranges of that size for its nodes, out of its own /16. @param prefix their length, 24 at most */
export function withPodRange(cluster: BareCluster, prefix: number): BareCluster {
  const nodes = cluster.nodes.map((node) => ({ ...node, podCidr: podRangeOf(cluster.podCidr, node.index, prefix) }));
  return { ...cluster, nodes };
}

/** @param index 1 for the first node. The last of sixteen /20 ranges is the one that begins where the /16 does. */
export function podRangeOf(clusterCidr: string, index: number, prefix: number): string {
  const [first, second] = clusterCidr.split(".");
  const third = (index * 2 ** (24 - prefix)) % 256;
  return `${first}.${second}.${third}.0/${prefix}`;
}
