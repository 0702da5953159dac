/**
 * Computes which connections a set of policies allows, by the rules of networking.k8s.io/v1. Pure.
 *
 * Sources: the API reference of NetworkPolicySpec, and the concept page "Network Policies" of the Kubernetes
 * documentation.
 */
import { inRange } from "../../core/ip.ts";
import type {
  Direction,
  LabelExpression,
  Labels,
  LabelSelector,
  Policy,
  PolicyPeer,
  PolicyPod,
  PolicyPort,
  PolicySpec,
  PolicyConnection,
  Topology,
} from "./policy-model.ts";

/** Returns whether the egress policies of the source and the ingress policies of the destination allow a connection. */
export function allows(topology: Topology, policies: readonly Policy[], connection: PolicyConnection): boolean {
  const { from, to } = connection;
  if (from === to) return true; // a pod can always reach itself
  return (
    permitsDirection(topology, policies, "Egress", connection) &&
    permitsDirection(topology, policies, "Ingress", connection)
  );
}

/**
 * A pod without a policy for the direction is not isolated. Otherwise, at least one rule of its policies must match.
 */
function permitsDirection(
  topology: Topology,
  policies: readonly Policy[],
  direction: Direction,
  connection: PolicyConnection,
): boolean {
  const { from, to } = connection;
  const [subject, peer] = direction === "Ingress" ? [to, from] : [from, to];
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace &&
      policyTypesOf(spec).includes(direction) &&
      matchesSelector(spec.podSelector, subject.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) =>
    rulesOf(spec, direction).some(
      ({ peers, ports }) =>
        emptyOrSome(peers, (one) => matchesPeer(topology, namespace, one, peer)) &&
        emptyOrSome(ports, (port) => matchesPort(port, connection)),
    ),
  );
}

/** Applies the default of the API server: always Ingress, and Egress if the policy has egress rules. */
function policyTypesOf({ policyTypes, egress }: PolicySpec): readonly Direction[] {
  if (policyTypes !== undefined && policyTypes.length > 0) return policyTypes;
  return egress !== undefined && egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function rulesOf(
  { ingress = [], egress = [] }: PolicySpec,
  direction: Direction,
): readonly { readonly peers: readonly PolicyPeer[] | undefined; readonly ports: readonly PolicyPort[] | undefined }[] {
  if (direction === "Ingress") return ingress.map(({ from, ports }) => ({ peers: from, ports }));
  return egress.map(({ to, ports }) => ({ peers: to, ports }));
}

/** A missing or empty list in a rule matches everything. */
function emptyOrSome<T>(list: readonly T[] | undefined, fits: (item: T) => boolean): boolean {
  return list === undefined || list.length === 0 || list.some(fits);
}

function matchesPeer(
  topology: Topology,
  ownNamespace: string,
  { ipBlock, podSelector, namespaceSelector }: PolicyPeer,
  pod: PolicyPod,
): boolean {
  if (ipBlock !== undefined)
    return inRange(pod.ip, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => inRange(pod.ip, cidr));
  const namespaceFits =
    namespaceSelector === undefined
      ? pod.namespace === ownNamespace
      : matchesSelector(namespaceSelector, topology.namespaces[pod.namespace] ?? {});
  return namespaceFits && (podSelector === undefined || matchesSelector(podSelector, pod.labels));
}

/** A named port is a port of the destination pod, also in an egress rule. */
function matchesPort({ protocol = "TCP", port, endPort }: PolicyPort, connection: PolicyConnection): boolean {
  if (protocol !== connection.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "number") return port <= connection.port && connection.port <= (endPort ?? port);
  return connection.to.ports.some(
    (one) => one.name === port && one.protocol === protocol && one.number === connection.port,
  );
}

/** An empty selector selects everything. */
export function matchesSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matchesExpression(expression, labels))
  );
}

function matchesExpression({ key, operator, values = [] }: LabelExpression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
