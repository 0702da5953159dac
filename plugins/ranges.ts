/** The address ranges of the pods of a deployment, one entry per address family. */
import { addressAt } from "../core/ip.ts";
import type { RecipeContext } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

interface PodRange {
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
export function podRanges(context: RecipeContext): readonly PodRange[] {
  const { family } = context;
  return [...(family === "ipv6" ? [] : [ipv4Range(context)]), ...(family === "ipv4" ? [] : [ipv6Range(context)])];
}

function ipv4Range({ clusterCidr, nodeCidr }: RecipeContext): PodRange {
  const { firstHost, lastHost } = subnetOf(nodeCidr);
  return {
    node: nodeCidr,
    cluster: clusterCidr,
    defaultDestination: "0.0.0.0/0",
    firstAddress: firstHost,
    lastAddress: lastHost,
  };
}

function ipv6Range({ clusterCidr6, nodeCidr6 }: RecipeContext): PodRange {
  return {
    node: nodeCidr6,
    cluster: clusterCidr6,
    defaultDestination: "::/0",
    firstAddress: addressAt(nodeCidr6, 1),
    lastAddress: addressAt(nodeCidr6, 0xffff),
  };
}
