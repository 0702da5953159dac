/** Whether a node has addresses for the pods that a scenario puts on it: the size of its pod range. Pure. */
import type { RunnerFacts } from "../core/params.ts";
import type { YamlNode } from "../core/yaml.ts";
import type { Scenario } from "./suite.ts";
import type { Problems } from "./fields.ts";

/** Prefix lengths that a scenario may ask for: sixteen nodes with a /20 each fill the /16 of a cluster. */
export const POD_RANGE_PREFIX = { type: "integer", min: 20, max: 24 } as const;

/** Addresses of a range that no new pod gets: its own, the gateway's, broadcast, and the two pods that measurements keep. */
const RESERVED_ADDRESSES = 5;

export function checkPodCapacity(
  node: YamlNode,
  { params, family, podRange }: Pick<Scenario, "params" | "family" | "podRange">,
  { podsPerNode: pods }: RunnerFacts,
  problems: Problems,
): void {
  if (pods === undefined || family === "ipv6") return; // a /64 has room for all
  const count = pods(params);
  if (count <= podCapacity(podRange)) return;
  const larger =
    podRange === POD_RANGE_PREFIX.min
      ? ""
      : `, or a larger range: "podRange: ${POD_RANGE_PREFIX.min}" has room for ${podCapacity(POD_RANGE_PREFIX.min)}`;
  problems.add(
    node,
    `${count} pods do not fit the /${podRange} of a node, which has room for ${podCapacity(podRange)}; ask for fewer${larger}`,
  );
}

function podCapacity(prefix: number): number {
  return 2 ** (32 - prefix) - RESERVED_ADDRESSES;
}
