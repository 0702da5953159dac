/**
 * The policies that are tried, one case after the other, as data. Each is about the world of world.ts: namespaces x,
 * y and z (label `team`) with pods a, b and c (label `pod`), each serving on two ports of TCP and of UDP.
 */
import type { CheckResult } from "../../core/model.ts";
import type { LabelSelector, Policy, PolicyPeer, PolicySpec, Topology } from "./model.ts";

export interface PolicyCase {
  /** Clause id: `policy.deny.ingress`. */
  readonly id: string;
  readonly sentence: string;
  readonly level: CheckResult["level"];
  /** Minor version of Kubernetes from which on the API serves what it needs. */
  readonly sinceMinorVersion?: number;
  readonly policies: (world: Topology) => readonly Policy[];
}

const ALL: LabelSelector = {};
const [FIRST_PORT, SECOND_PORT] = [8080, 8081];
const podNamed = (...names: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key: "pod", operator: "In", values: names }],
});
const inTeam = (name: string): LabelSelector => ({ matchLabels: { team: name } });

const INGRESS: readonly PolicyCase[] = [
  singlePolicy("deny.ingress", "a policy without rules lets nothing in to the pods that it selects", {
    podSelector: ALL,
    policyTypes: ["Ingress"],
  }),
  singlePolicy("deny.ingress.one", "a policy isolates only the pods that it selects", {
    podSelector: podNamed("a"),
    policyTypes: ["Ingress"],
  }),
  singlePolicy("ingress.all", "an empty rule lets everything in", {
    podSelector: ALL,
    policyTypes: ["Ingress"],
    ingress: [{}],
  }),
  singlePolicy(
    "ingress.pod",
    "a pod selector alone means pods of the policy's own namespace",
    ingressFrom(podNamed("b"), [{ podSelector: podNamed("a") }]),
  ),
  singlePolicy(
    "ingress.pod.empty",
    "an empty pod selector means every pod of the policy's own namespace, and no other",
    ingressFrom(ALL, [{ podSelector: ALL }]),
  ),
  singlePolicy(
    "ingress.namespace",
    "a namespace selector means all pods of those namespaces",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y") }]),
  ),
  singlePolicy(
    "ingress.namespace.empty",
    "an empty namespace selector means every pod of the cluster",
    ingressFrom(ALL, [{ namespaceSelector: {} }]),
  ),
  singlePolicy(
    "ingress.namespace.and.pod",
    "both selectors in one peer must hold",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y"), podSelector: podNamed("a") }]),
  ),
  singlePolicy(
    "ingress.namespace.or.pod",
    "of two peers one must hold",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y") }, { podSelector: podNamed("a") }]),
  ),
  singlePolicy("ingress.expressions", "all expressions of a selector must hold: In, NotIn, Exists, DoesNotExist", {
    podSelector: { matchExpressions: [{ key: "pod", operator: "NotIn", values: ["c"] }] },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [
          {
            namespaceSelector: {
              matchExpressions: [
                { key: "team", operator: "Exists" },
                { key: "absent", operator: "DoesNotExist" },
              ],
            },
            podSelector: podNamed("b"),
          },
        ],
      },
    ],
  }),
  singlePolicy(
    "ingress.nobody",
    "a selector that selects nobody lets nobody in",
    ingressFrom(ALL, [{ podSelector: podNamed("none") }]),
  ),
];

const PORTS: readonly PolicyCase[] = [
  singlePolicy(
    "ingress.port",
    "a port without a protocol is one of TCP, and no other port is let in",
    ingressPorts(ALL, [{ port: FIRST_PORT }]),
  ),
  singlePolicy(
    "ingress.port.udp",
    "a port of UDP does not let in TCP",
    ingressPorts(ALL, [{ protocol: "UDP", port: FIRST_PORT }]),
  ),
  singlePolicy(
    "ingress.port.named",
    "a named port is the one that the pod calls so",
    ingressPorts(ALL, [{ port: "second" }, { protocol: "UDP", port: "first-udp" }]),
  ),
  singlePolicy(
    "ingress.port.unnamed",
    "a name that the pod does not use for the protocol lets nothing in",
    ingressPorts(ALL, [{ port: "nowhere" }, { port: "first-udp" }]),
  ),
  singlePolicy(
    "ingress.protocol",
    "a protocol without a port means all its ports",
    ingressPorts(ALL, [{ protocol: "UDP" }]),
  ),
  singlePolicy("ingress.rules", "what any of several rules allows is allowed", {
    podSelector: podNamed("a"),
    policyTypes: ["Ingress"],
    ingress: [
      { from: [{ namespaceSelector: inTeam("y") }], ports: [{ port: FIRST_PORT }] },
      { from: [{ namespaceSelector: inTeam("z") }], ports: [{ protocol: "UDP", port: SECOND_PORT }] },
    ],
  }),
  {
    ...singlePolicy(
      "ingress.port.range",
      "endPort makes a range of ports",
      ingressPorts(ALL, [{ port: FIRST_PORT, endPort: SECOND_PORT }]),
    ),
    sinceMinorVersion: 22,
  },
];

const EGRESS: readonly PolicyCase[] = [
  singlePolicy("deny.egress", "a policy for egress without rules lets nothing out, and still lets in", {
    podSelector: ALL,
    policyTypes: ["Egress"],
  }),
  singlePolicy("egress.all", "an empty rule lets everything out", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [{}],
  }),
  singlePolicy(
    "egress.pod",
    "a pod selector alone means pods of the policy's own namespace",
    egressTo(ALL, [{ podSelector: podNamed("b") }]),
  ),
  singlePolicy(
    "egress.namespace",
    "a namespace selector means all pods of those namespaces",
    egressTo(ALL, [{ namespaceSelector: inTeam("z") }]),
  ),
  singlePolicy("egress.port", "a port for egress is that of the pod that is connected to", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [
      {
        to: [{ namespaceSelector: inTeam("y") }],
        ports: [{ port: FIRST_PORT }, { protocol: "UDP", port: SECOND_PORT }],
      },
    ],
  }),
  singlePolicy("egress.port.named", "a named port for egress is that of the pod that is connected to", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: "first" }] }],
  }),
];

const COMBINED: readonly PolicyCase[] = [
  singlePolicy("deny.both", "one policy can isolate in both directions", {
    podSelector: ALL,
    policyTypes: ["Ingress", "Egress"],
  }),
  singlePolicy("types.default", "without policyTypes a policy with egress rules is for both directions", {
    podSelector: ALL,
    egress: [{ to: [{ namespaceSelector: inTeam("y") }] }],
  }),
  multiplePolicies("union", "policies add up: what any of them allows is allowed", [
    ["x", { podSelector: ALL, policyTypes: ["Ingress"] }],
    ["x", ingressFrom(podNamed("a"), [{ namespaceSelector: inTeam("y") }])],
    ["x", ingressFrom(podNamed("a", "b"), [{ podSelector: podNamed("c") }])],
  ]),
  multiplePolicies("both.ends", "a connection needs the leave of its source and of its destination", [
    ["x", egressTo(podNamed("a"), [{ namespaceSelector: inTeam("y"), podSelector: podNamed("a", "b") }])],
    ["y", ingressFrom(podNamed("b", "c"), [{ namespaceSelector: inTeam("x") }])],
  ]),
];

// A plugin may know pods by identity alone, and the reference says that ipBlock is meant for addresses outside of the
// cluster.
const ADDRESSES: readonly PolicyCase[] = [
  addressBlock("ingress.block", "an address block lets in pods with those addresses", (block) =>
    ingressFrom(ALL, [block]),
  ),
  addressBlock("egress.block", "an address block lets out to pods with those addresses", (block) =>
    egressTo(ALL, [block]),
  ),
];

export const CASES: readonly PolicyCase[] = [...INGRESS, ...PORTS, ...EGRESS, ...COMBINED, ...ADDRESSES];

function ingressFrom(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ from: peers }] };
}

function egressTo(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Egress"], egress: [{ to: peers }] };
}

function ingressPorts(
  podSelector: LabelSelector,
  list: NonNullable<PolicySpec["ingress"]>[number]["ports"] & object,
): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ ports: list }] };
}

function singlePolicy(id: string, sentence: string, spec: PolicySpec): PolicyCase {
  return multiplePolicies(id, sentence, [["x", spec]]);
}

/** @param specs namespace of the world, and what the policy says there */
function multiplePolicies(
  id: string,
  sentence: string,
  specs: readonly (readonly [namespace: string, PolicySpec])[],
): PolicyCase {
  const policies = (world: Topology): Policy[] =>
    specs.map(([short, spec], i) => ({ name: `cnibench-${i + 1}`, namespace: namespaceOf(world, short), spec }));
  return { id: `policy.${id}`, sentence, level: "MUST", policies };
}

/** All addresses of the family, except those of the pods of namespace z. */
function addressBlock(id: string, sentence: string, spec: (block: PolicyPeer) => PolicySpec): PolicyCase {
  const policies = (world: Topology): Policy[] => {
    const excluded = world.pods.filter(({ namespace }) => namespace === namespaceOf(world, "z")).map(({ ip }) => ip);
    const ipv6 = excluded.some((ip) => ip.includes(":"));
    const ipBlock = { cidr: ipv6 ? "::/0" : "0.0.0.0/0", except: excluded.map((ip) => `${ip}/${ipv6 ? 128 : 32}`) };
    return [{ name: "cnibench-1", namespace: namespaceOf(world, "x"), spec: spec({ ipBlock }) }];
  };
  return { id: `policy.${id}`, sentence, level: "SHOULD", policies };
}

function namespaceOf({ namespaces }: Topology, short: string): string {
  const found = Object.entries(namespaces).find(([, labels]) => labels["team"] === short);
  if (found === undefined) throw new Error(`the world has no namespace ${short}`);
  return found[0];
}
