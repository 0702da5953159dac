/**
 * What a set of policies must let through: the rules of networking.k8s.io/v1, computed. Pure.
 *
 * Source: the reference of NetworkPolicySpec, and "Network Policies" in the concepts of the Kubernetes documentation.
 */
import { BlockList, isIPv6 } from "node:net";
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
  Connection,
  Topology,
} from "./model.ts";

/** A connection must be let out by the policies of its source, and let in by those of its destination. */
export function allows(world: Topology, policies: readonly Policy[], question: Connection): boolean {
  const { from, to } = question;
  if (from === to) return true; // a pod can always reach itself
  return (
    permitsDirection(world, policies, "Egress", from, question) &&
    permitsDirection(world, policies, "Ingress", to, question)
  );
}

/** A pod that no policy of the direction selects is not isolated; else what any of them allows is allowed. */
function permitsDirection(
  world: Topology,
  policies: readonly Policy[],
  direction: Direction,
  subject: PolicyPod,
  question: Connection,
): boolean {
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace &&
      policyTypesOf(spec).includes(direction) &&
      matchesSelector(spec.podSelector, subject.labels),
  );
  if (selecting.length === 0) return true;
  const peer = direction === "Ingress" ? question.from : question.to;
  return selecting.some(({ namespace, spec }) =>
    rulesOf(spec, direction).some(
      ({ peers, ports }) =>
        emptyOrSome(peers, (one) => matchesPeer(world, namespace, one, peer)) &&
        emptyOrSome(ports, (port) => matchesPort(port, question)),
    ),
  );
}

/** As the API server fills in what is left out: ingress always, egress where there are rules for it. */
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

/** A list in a rule that is left out or empty leaves nobody out. */
function emptyOrSome<T>(list: readonly T[] | undefined, fits: (item: T) => boolean): boolean {
  return list === undefined || list.length === 0 || list.some(fits);
}

function matchesPeer(
  world: Topology,
  ownNamespace: string,
  { ipBlock, podSelector, namespaceSelector }: PolicyPeer,
  pod: PolicyPod,
): boolean {
  if (ipBlock !== undefined)
    return containsAddress([ipBlock.cidr], pod.ip) && !containsAddress(ipBlock.except ?? [], pod.ip);
  const namespaceFits =
    namespaceSelector === undefined
      ? pod.namespace === ownNamespace
      : matchesSelector(namespaceSelector, world.namespaces[pod.namespace] ?? {});
  return namespaceFits && (podSelector === undefined || matchesSelector(podSelector, pod.labels));
}

/** A named port is one of the pod that is connected to, also in a rule for egress. */
function matchesPort({ protocol = "TCP", port, endPort }: PolicyPort, question: Connection): boolean {
  if (protocol !== question.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "number") return port <= question.port && question.port <= (endPort ?? port);
  return question.to.ports.some(
    (one) => one.name === port && one.protocol === protocol && one.number === question.port,
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

/** Blocks of the other family hold none of these addresses. */
function containsAddress(cidrs: readonly string[], ip: string): boolean {
  const family = isIPv6(ip) ? "ipv6" : "ipv4";
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", length] = cidr.split("/");
    if (isIPv6(network) === isIPv6(ip)) list.addSubnet(network, Number(length), family);
  }
  return list.check(ip, family);
}
