/** The address range of all pods of an existing cluster, as far as its nodes reveal it. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import { isCidr, isIpv6, smallestCommonRange } from "../../core/ip.ts";
import type { CandidateNode } from "./choose-nodes.ts";

/**
 * Returns the smallest range that contains the ranges of all nodes.
 * @throws EnvironmentError if a node has no IPv4 range
 */
export function podRangeOfNodes(nodes: readonly Pick<CandidateNode, "name" | "podCidr">[]): string {
  const without = nodes.find(({ podCidr }) => !isCidr(podCidr) || isIpv6(podCidr));
  if (without !== undefined)
    throw new EnvironmentError(
      `node ${without.name} has no IPv4 pod range (spec.podCIDR), which an installed plugin requires; ` +
        "let the controller manager assign ranges with --allocate-node-cidrs",
    );
  return smallestCommonRange(nodes.map(({ podCidr }) => podCidr));
}
