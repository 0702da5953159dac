/** Which nodes of a cluster are measured, out of those that are there. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import { valueAt, stringAt } from "../../core/json.ts";

export interface CandidateNode {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly zone: string;
  /** Why it cannot be used; null: it can. */
  readonly unusableReason: string | null;
  readonly controlPlane: boolean;
}

const CONTROL_PLANE_LABELS = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** What the API says of a node. */
export function parseCandidate(node: unknown): CandidateNode {
  const labels = Object.keys(valueAt(node, "metadata", "labels") ?? {});
  const controlPlane = CONTROL_PLANE_LABELS.some((label) => labels.includes(label));
  const ip = listAt(node, "status", "addresses").find((address) => stringAt(address, "type") === "InternalIP");
  const ready = listAt(node, "status", "conditions").find((condition) => stringAt(condition, "type") === "Ready");
  const system = stringAt(node, "status", "nodeInfo", "operatingSystem");
  const unfit =
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
    unusableReason: unfit,
    controlPlane,
  };
}

/**
 * Spread over the zones. Nodes of the control plane, which have work of their own, only where the others are too few. The order of
 * names decides the rest, so that two runs choose alike.
 * @throws EnvironmentError when there are fewer than asked for, with what is wrong with the others.
 */
export function chooseNodes(
  candidates: readonly CandidateNode[],
  wanted: number,
  selector: string | null,
): readonly CandidateNode[] {
  const usable = candidates.filter(({ unusableReason: unfit }) => unfit === null);
  if (usable.length < wanted) {
    const selection = selector === null ? "" : ` that fit --node-selector ${selector}`;
    const reasons = candidates
      .filter(({ unusableReason: unfit }) => unfit !== null)
      .slice(0, 5)
      .map(({ name, unusableReason: unfit }) => `; ${name} ${unfit}`);
    throw new EnvironmentError(
      `the cluster has ${usable.length} usable nodes${selection}, and ${wanted} were asked for${reasons.join("")}; ask for fewer with --nodes`,
    );
  }
  const workers = usable.filter(({ controlPlane }) => !controlPlane);
  const others = usable.filter(({ controlPlane }) => controlPlane);
  return [...interleaveZones(workers), ...interleaveZones(others)].slice(0, wanted);
}

/** One of each zone, then a second of each, and so on. */
function interleaveZones(nodes: readonly CandidateNode[]): readonly CandidateNode[] {
  const zones = new Map<string, CandidateNode[]>();
  for (const node of nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    zones.set(node.zone, [...(zones.get(node.zone) ?? []), node]);
  const sorted = [...zones.values()];
  const longest = Math.max(0, ...sorted.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => sorted.flatMap((zone) => zone[i] ?? [])).flat();
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? (found as unknown[]) : [];
}
