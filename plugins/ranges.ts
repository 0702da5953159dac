/** The address ranges of the pods of a deployment, one entry per address family. */
import type { RecipeContext } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

export interface PodRange {
  /** Range of the pods on this node. */
  readonly node: string;
  /** Range of the pods on all nodes. */
  readonly cluster: string;
  /** Destination of the default route: `0.0.0.0/0` or `::/0`. */
  readonly defaultDestination: string;
  /** First and last pod address of this node, for plugins whose nodes share one segment. */
  readonly firstAddress: string;
  readonly lastAddress: string;
}

/** Returns the ranges, IPv4 first. */
export function podRanges({
  family,
  clusterCidr,
  nodeCidr,
  clusterCidr6,
  nodeCidr6,
}: RecipeContext): readonly PodRange[] {
  const { firstHost, lastHost } = subnetOf(nodeCidr);
  const prefix6 = nodeCidr6.replace(/\/\d+$/, "");
  const ipv4 = {
    node: nodeCidr,
    cluster: clusterCidr,
    defaultDestination: "0.0.0.0/0",
    firstAddress: firstHost,
    lastAddress: lastHost,
  };
  const ipv6 = {
    node: nodeCidr6,
    cluster: clusterCidr6,
    defaultDestination: "::/0",
    firstAddress: `${prefix6}1`,
    lastAddress: `${prefix6}ffff`,
  };
  return [...(family === "ipv6" ? [] : [ipv4]), ...(family === "ipv4" ? [] : [ipv6])];
}
