/**
 * The test cases of the `policy` runner as data. Each applies to the pods of topology.ts: namespaces x, y and z (label
 * `team`) with pods a, b and c (label `pod`), each of which serves on two ports over TCP and UDP.
 */
import {
  addressBlock,
  ALL,
  egressTo,
  ingressFrom,
  ingressPorts,
  inTeam,
  multiplePolicies,
  podNamed,
  singlePolicy,
  type PolicyCase,
} from "./case-builders.ts";

const [FIRST_PORT, SECOND_PORT] = [8080, 8081];

const INGRESS: readonly PolicyCase[] = [
  singlePolicy("deny.ingress", "an ingress policy without rules blocks all connections to the selected pods", {
    podSelector: ALL,
    policyTypes: ["Ingress"],
  }),
  singlePolicy("deny.ingress.one", "a policy isolates only the selected pods", {
    podSelector: podNamed("a"),
    policyTypes: ["Ingress"],
  }),
  singlePolicy("ingress.all", "an empty ingress rule allows all connections", {
    podSelector: ALL,
    policyTypes: ["Ingress"],
    ingress: [{}],
  }),
  singlePolicy(
    "ingress.pod",
    "a pod selector alone selects pods of the policy's namespace",
    ingressFrom(podNamed("b"), [{ podSelector: podNamed("a") }]),
  ),
  singlePolicy(
    "ingress.pod.empty",
    "an empty pod selector selects all pods of the policy's namespace and no others",
    ingressFrom(ALL, [{ podSelector: ALL }]),
  ),
  singlePolicy(
    "ingress.namespace",
    "a namespace selector selects all pods of the matching namespaces",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y") }]),
  ),
  singlePolicy(
    "ingress.namespace.empty",
    "an empty namespace selector selects all pods of the cluster",
    ingressFrom(ALL, [{ namespaceSelector: {} }]),
  ),
  singlePolicy(
    "ingress.namespace.and.pod",
    "a peer with both selectors must match both",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y"), podSelector: podNamed("a") }]),
  ),
  singlePolicy(
    "ingress.namespace.or.pod",
    "one of two peers must match",
    ingressFrom(ALL, [{ namespaceSelector: inTeam("y") }, { podSelector: podNamed("a") }]),
  ),
  singlePolicy("ingress.expressions", "all expressions of a selector must match: In, NotIn, Exists, DoesNotExist", {
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
    "a selector without matching pods allows no connection",
    ingressFrom(ALL, [{ podSelector: podNamed("none") }]),
  ),
];

const PORTS: readonly PolicyCase[] = [
  singlePolicy(
    "ingress.port",
    "a port without a protocol is a TCP port, and connections to other ports are blocked",
    ingressPorts(ALL, [{ port: FIRST_PORT }]),
  ),
  singlePolicy(
    "ingress.port.udp",
    "a UDP port does not allow TCP",
    ingressPorts(ALL, [{ protocol: "UDP", port: FIRST_PORT }]),
  ),
  singlePolicy(
    "ingress.port.named",
    "a named port is the destination pod's port with that name",
    ingressPorts(ALL, [{ port: "second" }, { protocol: "UDP", port: "first-udp" }]),
  ),
  singlePolicy(
    "ingress.port.unnamed",
    "a port name that the pod does not use for the protocol allows no connection",
    ingressPorts(ALL, [{ port: "nowhere" }, { port: "first-udp" }]),
  ),
  singlePolicy(
    "ingress.protocol",
    "a protocol without a port allows all its ports",
    ingressPorts(ALL, [{ protocol: "UDP" }]),
  ),
  singlePolicy("ingress.rules", "a connection that matches any rule is allowed", {
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
      "endPort defines a range of ports",
      ingressPorts(ALL, [{ port: FIRST_PORT, endPort: SECOND_PORT }]),
    ),
    sinceMinorVersion: 22,
  },
];

const EGRESS: readonly PolicyCase[] = [
  singlePolicy("deny.egress", "an egress policy without rules blocks outgoing connections only", {
    podSelector: ALL,
    policyTypes: ["Egress"],
  }),
  singlePolicy("egress.all", "an empty egress rule allows all connections", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [{}],
  }),
  singlePolicy(
    "egress.pod",
    "a pod selector alone selects pods of the policy's namespace",
    egressTo(ALL, [{ podSelector: podNamed("b") }]),
  ),
  singlePolicy(
    "egress.namespace",
    "a namespace selector selects all pods of the matching namespaces",
    egressTo(ALL, [{ namespaceSelector: inTeam("z") }]),
  ),
  singlePolicy("egress.port", "a port in an egress rule is a port of the destination pod", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [
      {
        to: [{ namespaceSelector: inTeam("y") }],
        ports: [{ port: FIRST_PORT }, { protocol: "UDP", port: SECOND_PORT }],
      },
    ],
  }),
  singlePolicy("egress.port.named", "a named port in an egress rule is the destination pod's port with that name", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: "first" }] }],
  }),
];

const COMBINED: readonly PolicyCase[] = [
  singlePolicy("deny.both", "one policy can isolate pods in both directions", {
    podSelector: ALL,
    policyTypes: ["Ingress", "Egress"],
  }),
  singlePolicy("types.default", "without policyTypes, a policy with egress rules applies to both directions", {
    podSelector: ALL,
    egress: [{ to: [{ namespaceSelector: inTeam("y") }] }],
  }),
  multiplePolicies("union", "policies are additive: a connection that any of them allows is allowed", [
    ["x", { podSelector: ALL, policyTypes: ["Ingress"] }],
    ["x", ingressFrom(podNamed("a"), [{ namespaceSelector: inTeam("y") }])],
    ["x", ingressFrom(podNamed("a", "b"), [{ podSelector: podNamed("c") }])],
  ]),
  multiplePolicies("both.ends", "a connection must be allowed by both source and destination", [
    ["x", egressTo(podNamed("a"), [{ namespaceSelector: inTeam("y"), podSelector: podNamed("a", "b") }])],
    ["y", ingressFrom(podNamed("b", "c"), [{ namespaceSelector: inTeam("x") }])],
  ]),
];

// SHOULD, because a plugin may identify pods by identity alone, and per the API reference ipBlock is meant for
// addresses outside the cluster.
const ADDRESSES: readonly PolicyCase[] = [
  addressBlock("ingress.block", "an address block allows connections from pods with these addresses", (block) =>
    ingressFrom(ALL, [block]),
  ),
  addressBlock("egress.block", "an address block allows connections to pods with these addresses", (block) =>
    egressTo(ALL, [block]),
  ),
];

export const CASES: readonly PolicyCase[] = [...INGRESS, ...PORTS, ...EGRESS, ...COMBINED, ...ADDRESSES];
