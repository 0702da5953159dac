/**
 * The policies that are tried, one case after the other, as data. Each is about the world of world.ts: namespaces x, y and z
 * (label `team`) with pods a, b and c (label `pod`), each serving on two ports of TCP and of UDP.
 */
import type { CheckResult } from "../../core/model.ts";
import type { LabelSelector, Policy, PolicyPeer, PolicySpec, World } from "./model.ts";

export interface PolicyCase {
  /** Clause id: `policy.deny.ingress`. */
  readonly id: string;
  readonly sentence: string;
  readonly level: CheckResult["level"];
  /** Minor version of Kubernetes from which on the API serves what it needs. */
  readonly since?: number;
  readonly policies: (world: World) => readonly Policy[];
}

const ALL: LabelSelector = {};
const [FIRST_PORT, SECOND_PORT] = [8080, 8081];
const pod = (...names: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key: "pod", operator: "In", values: names }],
});
const team = (name: string): LabelSelector => ({ matchLabels: { team: name } });

const INGRESS: readonly PolicyCase[] = [
  one("deny.ingress", "a policy without rules lets nothing in to the pods that it selects", {
    podSelector: ALL,
    policyTypes: ["Ingress"],
  }),
  one("deny.ingress.one", "a policy isolates only the pods that it selects", {
    podSelector: pod("a"),
    policyTypes: ["Ingress"],
  }),
  one("ingress.all", "an empty rule lets everything in", { podSelector: ALL, policyTypes: ["Ingress"], ingress: [{}] }),
  one(
    "ingress.pod",
    "a pod selector alone means pods of the policy's own namespace",
    from(pod("b"), [{ podSelector: pod("a") }]),
  ),
  one(
    "ingress.pod.empty",
    "an empty pod selector means every pod of the policy's own namespace, and no other",
    from(ALL, [{ podSelector: ALL }]),
  ),
  one(
    "ingress.namespace",
    "a namespace selector means all pods of those namespaces",
    from(ALL, [{ namespaceSelector: team("y") }]),
  ),
  one(
    "ingress.namespace.empty",
    "an empty namespace selector means every pod of the cluster",
    from(ALL, [{ namespaceSelector: {} }]),
  ),
  one(
    "ingress.namespace.and.pod",
    "both selectors in one peer must hold",
    from(ALL, [{ namespaceSelector: team("y"), podSelector: pod("a") }]),
  ),
  one(
    "ingress.namespace.or.pod",
    "of two peers one must hold",
    from(ALL, [{ namespaceSelector: team("y") }, { podSelector: pod("a") }]),
  ),
  one("ingress.expressions", "all expressions of a selector must hold: In, NotIn, Exists, DoesNotExist", {
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
            podSelector: pod("b"),
          },
        ],
      },
    ],
  }),
  one("ingress.nobody", "a selector that selects nobody lets nobody in", from(ALL, [{ podSelector: pod("none") }])),
];

const PORTS: readonly PolicyCase[] = [
  one(
    "ingress.port",
    "a port without a protocol is one of TCP, and no other port is let in",
    ports(ALL, [{ port: FIRST_PORT }]),
  ),
  one("ingress.port.udp", "a port of UDP does not let in TCP", ports(ALL, [{ protocol: "UDP", port: FIRST_PORT }])),
  one(
    "ingress.port.named",
    "a named port is the one that the pod calls so",
    ports(ALL, [{ port: "second" }, { protocol: "UDP", port: "first-udp" }]),
  ),
  one(
    "ingress.port.unnamed",
    "a name that the pod does not use for the protocol lets nothing in",
    ports(ALL, [{ port: "nowhere" }, { port: "first-udp" }]),
  ),
  one("ingress.protocol", "a protocol without a port means all its ports", ports(ALL, [{ protocol: "UDP" }])),
  one("ingress.rules", "what any of several rules allows is allowed", {
    podSelector: pod("a"),
    policyTypes: ["Ingress"],
    ingress: [
      { from: [{ namespaceSelector: team("y") }], ports: [{ port: FIRST_PORT }] },
      { from: [{ namespaceSelector: team("z") }], ports: [{ protocol: "UDP", port: SECOND_PORT }] },
    ],
  }),
  {
    ...one(
      "ingress.port.range",
      "endPort makes a range of ports",
      ports(ALL, [{ port: FIRST_PORT, endPort: SECOND_PORT }]),
    ),
    since: 22,
  },
];

const EGRESS: readonly PolicyCase[] = [
  one("deny.egress", "a policy for egress without rules lets nothing out, and still lets in", {
    podSelector: ALL,
    policyTypes: ["Egress"],
  }),
  one("egress.all", "an empty rule lets everything out", { podSelector: ALL, policyTypes: ["Egress"], egress: [{}] }),
  one(
    "egress.pod",
    "a pod selector alone means pods of the policy's own namespace",
    to(ALL, [{ podSelector: pod("b") }]),
  ),
  one(
    "egress.namespace",
    "a namespace selector means all pods of those namespaces",
    to(ALL, [{ namespaceSelector: team("z") }]),
  ),
  one("egress.port", "a port for egress is that of the pod that is connected to", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [
      { to: [{ namespaceSelector: team("y") }], ports: [{ port: FIRST_PORT }, { protocol: "UDP", port: SECOND_PORT }] },
    ],
  }),
  one("egress.port.named", "a named port for egress is that of the pod that is connected to", {
    podSelector: ALL,
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: "first" }] }],
  }),
];

const TOGETHER: readonly PolicyCase[] = [
  one("deny.both", "one policy can isolate in both directions", {
    podSelector: ALL,
    policyTypes: ["Ingress", "Egress"],
  }),
  one("types.default", "without policyTypes a policy with egress rules is for both directions", {
    podSelector: ALL,
    egress: [{ to: [{ namespaceSelector: team("y") }] }],
  }),
  several("union", "policies add up: what any of them allows is allowed", [
    ["x", { podSelector: ALL, policyTypes: ["Ingress"] }],
    ["x", from(pod("a"), [{ namespaceSelector: team("y") }])],
    ["x", from(pod("a", "b"), [{ podSelector: pod("c") }])],
  ]),
  several("both.ends", "a connection needs the leave of its source and of its destination", [
    ["x", to(pod("a"), [{ namespaceSelector: team("y"), podSelector: pod("a", "b") }])],
    ["y", from(pod("b", "c"), [{ namespaceSelector: team("x") }])],
  ]),
];

// A plugin may know pods by identity alone, and the reference says that ipBlock is meant for addresses outside of the cluster.
const ADDRESSES: readonly PolicyCase[] = [
  byAddress("ingress.block", "an address block lets in pods with those addresses", (block) => from(ALL, [block])),
  byAddress("egress.block", "an address block lets out to pods with those addresses", (block) => to(ALL, [block])),
];

export const CASES: readonly PolicyCase[] = [...INGRESS, ...PORTS, ...EGRESS, ...TOGETHER, ...ADDRESSES];

function from(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ from: peers }] };
}

function to(podSelector: LabelSelector, peers: readonly PolicyPeer[]): PolicySpec {
  return { podSelector, policyTypes: ["Egress"], egress: [{ to: peers }] };
}

function ports(
  podSelector: LabelSelector,
  list: NonNullable<PolicySpec["ingress"]>[number]["ports"] & object,
): PolicySpec {
  return { podSelector, policyTypes: ["Ingress"], ingress: [{ ports: list }] };
}

function one(id: string, sentence: string, spec: PolicySpec): PolicyCase {
  return several(id, sentence, [["x", spec]]);
}

/** @param specs namespace of the world, and what the policy says there */
function several(
  id: string,
  sentence: string,
  specs: readonly (readonly [namespace: string, PolicySpec])[],
): PolicyCase {
  const policies = (world: World): Policy[] =>
    specs.map(([short, spec], i) => ({ name: `cnibench-${i + 1}`, namespace: namespaceOf(world, short), spec }));
  return { id: `policy.${id}`, sentence, level: "MUST", policies };
}

/** All addresses of the family, except those of the pods of namespace z. */
function byAddress(id: string, sentence: string, spec: (block: PolicyPeer) => PolicySpec): PolicyCase {
  const policies = (world: World): Policy[] => {
    const barred = world.pods.filter(({ namespace }) => namespace === namespaceOf(world, "z")).map(({ ip }) => ip);
    const ipv6 = barred.some((ip) => ip.includes(":"));
    const ipBlock = { cidr: ipv6 ? "::/0" : "0.0.0.0/0", except: barred.map((ip) => `${ip}/${ipv6 ? 128 : 32}`) };
    return [{ name: "cnibench-1", namespace: namespaceOf(world, "x"), spec: spec({ ipBlock }) }];
  };
  return { id: `policy.${id}`, sentence, level: "SHOULD", policies };
}

function namespaceOf({ namespaces }: World, short: string): string {
  const found = Object.entries(namespaces).find(([, labels]) => labels["team"] === short);
  if (found === undefined) throw new Error(`the world has no namespace ${short}`);
  return found[0];
}
