/** Reads the nodes of an existing cluster, and chooses those to measure. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import { isCidr, isIpv6, smallestCommonRange } from "../../core/ip.ts";
import { valueAt, stringAt } from "../../core/json.ts";
import { groupBy } from "../../core/group.ts";

export interface CandidateNode {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly zone: string;
  /** Why the node cannot be used; null if it can. */
  readonly unusableReason: string | null;
  readonly controlPlane: boolean;
}

const CONTROL_PLANE_LABELS = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** Reads the relevant fields of a node object. */
export function parseCandidate(node: unknown): CandidateNode {
  const labels = Object.keys(valueAt(node, "metadata", "labels") ?? {});
  const controlPlane = CONTROL_PLANE_LABELS.some((label) => labels.includes(label));
  const ip = listAt(node, "status", "addresses").find((address) => stringAt(address, "type") === "InternalIP");
  const ready = listAt(node, "status", "conditions").find((condition) => stringAt(condition, "type") === "Ready");
  const system = stringAt(node, "status", "nodeInfo", "operatingSystem");
  const unusableReason =
    stringAt(ready, "status") !== "True"
      ? "is not ready"
      : valueAt(node, "spec", "unschedulable") === true
        ? "is cordoned"
        : system !== null && system !== "linux"
          ? `runs ${system}`
          : null;
  return {
    name: stringAt(node, "metadata", "name") ?? "",
    ip: stringAt(ip, "address") ?? "",
    podCidr: stringAt(node, "spec", "podCIDR") ?? "",
    zone: stringAt(node, "metadata", "labels", "topology.kubernetes.io/zone") ?? "",
    unusableReason,
    controlPlane,
  };
}

/**
 * Chooses nodes spread over the zones. Uses control-plane nodes, which run other components, only if there are too few
 * workers. Otherwise prefers nodes in the order of their names, so that repeated runs choose the same ones.
 * @throws EnvironmentError if there are too few usable nodes, with the reasons why others are not usable
 */
export function chooseNodes(
  candidates: readonly CandidateNode[],
  wanted: number,
  selector: string | null,
): readonly CandidateNode[] {
  const usable = candidates.filter((node) => node.unusableReason === null);
  if (usable.length < wanted) {
    const selection = selector === null ? "" : ` that match --node-selector ${selector}`;
    const reasons = candidates
      .filter((node) => node.unusableReason !== null)
      .slice(0, 5)
      .map((node) => `${node.name} ${node.unusableReason}`);
    const details = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
    throw new EnvironmentError(
      `the cluster has ${usable.length} usable nodes${selection}, but ${wanted} are required${details}; ` +
        "use fewer --nodes",
    );
  }
  const workers = usable.filter(({ controlPlane }) => !controlPlane);
  const others = usable.filter(({ controlPlane }) => controlPlane);
  return [...interleaveZones(workers), ...interleaveZones(others)].slice(0, wanted);
}

/** Orders nodes so that every zone contributes one before any contributes a second. */
function interleaveZones(nodes: readonly CandidateNode[]): readonly CandidateNode[] {
  const sorted = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const zones = [...groupBy(sorted, ({ zone }) => zone).values()];
  const longest = Math.max(0, ...zones.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => zones.flatMap((zone) => zone[i] ?? [])).flat();
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

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
