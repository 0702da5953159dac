/** Reads the nodes of an existing cluster, and chooses those to measure. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import { isCidr, isIpv6, smallestCommonRange } from "../../core/ip.ts";
import { groupBy } from "../../core/group.ts";
import { type NodeState, readNode } from "../../kubernetes/index.ts";

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
  const state = readNode(node);
  return {
    name: state.name,
    ip: state.internalIp ?? "",
    podCidr: state.podCidr ?? "",
    zone: state.labels["topology.kubernetes.io/zone"] ?? "",
    unusableReason: unusableReason(state),
    controlPlane: CONTROL_PLANE_LABELS.some((label) => Object.hasOwn(state.labels, label)),
  };
}

function unusableReason({ ready, cordoned, operatingSystem }: NodeState): string | null {
  if (!ready) return "is not ready";
  if (cordoned) return "is cordoned";
  return operatingSystem === null || operatingSystem === "linux" ? null : `runs ${operatingSystem}`;
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
