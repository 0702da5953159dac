/** Builds policy cases: selectors, policy specs and cases with one or more policies. */
import type { ClauseResult } from "../../results/index.ts";
import type { LabelSelector, Policy, PolicyPeer, PolicySpec, Topology } from "./policy-model.ts";

export interface PolicyCase {
  /** Clause id: `policy.deny.ingress`. */
  readonly id: string;
  readonly sentence: string;
  readonly level: ClauseResult["level"];
  /** First minor version of Kubernetes with the required API fields. */
  readonly sinceMinorVersion?: number;
  readonly policies: (topology: Topology) => readonly Policy[];
}

/** Selects everything. */
export const ALL: LabelSelector = {};
/** Selects pods by name, through their label `pod`. */
export const podNamed = (...names: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key: "pod", operator: "In", values: names }],
});
/** Selects a namespace by its label `team`. */
export const inTeam = (name: string): LabelSelector => ({ matchLabels: { team: name } });

/** Returns a policy that allows connections from `peers`. */
export function ingressFrom(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ from: peers }] };
}

/** Returns a policy that allows connections to `peers`. */
export function egressTo(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Egress"], egress: [{ to: peers }] };
}

/** Returns a policy that allows connections to the ports. */
export function ingressPorts(
  podSelector: LabelSelector,
  list: NonNullable<PolicySpec["ingress"]>[number]["ports"] & object,
): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ ports: list }] };
}

/** Returns a case with one policy in namespace x. */
export function singlePolicy(id: string, sentence: string, spec: PolicySpec): PolicyCase {
  return multiplePolicies(id, sentence, [["x", spec]]);
}

/** Returns a case with several policies. @param specs pairs of a team label and a policy for that team's namespace */
export function multiplePolicies(
  id: string,
  sentence: string,
  specs: readonly (readonly [team: string, PolicySpec])[],
): PolicyCase {
  const policies = (topology: Topology): Policy[] =>
    specs.map(([team, spec], i) => ({ name: `cnibench-${i + 1}`, namespace: namespaceOf(topology, team), spec }));
  return { id: `policy.${id}`, sentence, level: "MUST", policies };
}

/** Returns a case with an `ipBlock` of all addresses of the family except those of the pods in namespace z. */
export function addressBlock(id: string, sentence: string, spec: (block: PolicyPeer) => PolicySpec): PolicyCase {
  const policies = (topology: Topology): Policy[] => {
    const excluded = topology.pods
      .filter(({ namespace }) => namespace === namespaceOf(topology, "z"))
      .map(({ ip }) => ip);
    const ipv6 = excluded.some((ip) => ip.includes(":"));
    const ipBlock = { cidr: ipv6 ? "::/0" : "0.0.0.0/0", except: excluded.map((ip) => `${ip}/${ipv6 ? 128 : 32}`) };
    return [{ name: "cnibench-1", namespace: namespaceOf(topology, "x"), spec: spec({ ipBlock }) }];
  };
  return { id: `policy.${id}`, sentence, level: "SHOULD", policies };
}

function namespaceOf({ namespaces }: Topology, team: string): string {
  const found = Object.entries(namespaces).find(([, labels]) => labels["team"] === team);
  if (found === undefined) throw new Error(`the topology has no namespace for team ${team}`);
  return found[0];
}
