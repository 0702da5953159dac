/** Checks that the pod range of a node has enough addresses for the pods of a scenario. Pure. */
import type { RunnerFacts } from "../core/params.ts";
import type { DataNode } from "../core/validation/document.ts";
import type { Problems } from "../core/validation/problems.ts";
import type { Scenario } from "./suite.ts";

/** Prefix lengths that a scenario may request. Sixteen nodes with a /20 each fill the /16 of a cluster. */
export const POD_RANGE_PREFIX = { type: "integer", min: 20, max: 24 } as const;

/** Addresses unavailable to new pods: network, gateway, broadcast, and the two pods that measurements keep. */
const RESERVED_ADDRESSES = 5;

export function checkPodCapacity(
  node: DataNode,
  { params, family, podRange }: Pick<Scenario, "params" | "family" | "podRange">,
  { podsPerNode }: RunnerFacts,
  problems: Problems,
): void {
  if (podsPerNode === undefined || family === "ipv6") return; // a /64 is always large enough
  const pods = podsPerNode(params);
  if (pods <= podCapacity(podRange)) return;
  const { min } = POD_RANGE_PREFIX;
  const alternative = pods > podCapacity(min) ? "" : ` or set "podRange: ${min}" (${podCapacity(min)} pods)`;
  const limit = `the /${podRange} of a node holds at most ${podCapacity(podRange)} pods, not ${pods}`;
  problems.add(node, `${limit}; use fewer pods${alternative}`);
}

function podCapacity(prefix: number): number {
  return 2 ** (32 - prefix) - RESERVED_ADDRESSES;
}
