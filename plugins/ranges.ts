/** The address ranges of one deployment's pods, one entry for each family that its pods have. */
import type { RecipeContext } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

export interface PodRange {
  /** The node's own pods. */
  readonly node: string;
  /** The pods of all nodes. */
  readonly cluster: string;
  /** Destination of a default route. */
  readonly any: string;
  /** First and last address for the node's pods, for plugins whose nodes share one segment. */
  readonly first: string;
  readonly last: string;
}

/** IPv4 first. */
export function podRanges({
  family,
  clusterCidr,
  nodeCidr,
  clusterCidr6,
  nodeCidr6,
}: RecipeContext): readonly PodRange[] {
  const { firstHost: first, lastHost: last } = subnetOf(nodeCidr);
  const prefix6 = nodeCidr6.replace(/\/\d+$/, "");
  const ipv4 = { node: nodeCidr, cluster: clusterCidr, any: "0.0.0.0/0", first, last };
  const ipv6 = { node: nodeCidr6, cluster: clusterCidr6, any: "::/0", first: `${prefix6}1`, last: `${prefix6}ffff` };
  return [...(family === "ipv6" ? [] : [ipv4]), ...(family === "ipv4" ? [] : [ipv6])];
}
