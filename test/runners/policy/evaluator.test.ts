/** The policy evaluator, compared with manually derived cases from the Kubernetes reference. */
import { describe, expect, test } from "vitest";
import type { LabelSelector, Policy, PolicyPod, PolicySpec, Topology } from "../../../runners/policy/policy-model.ts";
import { allows, matchesSelector } from "../../../runners/policy/evaluator.ts";

const PORTS = [
  { name: "web", protocol: "TCP", number: 80 },
  { name: "alt", protocol: "TCP", number: 81 },
  { name: "dns", protocol: "UDP", number: 80 },
] as const;

function pod(namespace: string, name: string, ip: string, ports: PolicyPod["ports"] = PORTS): PolicyPod {
  return { namespace, name, labels: { pod: name }, ip, ports };
}

const xa = pod("x", "a", "10.0.1.1");
const xb = pod("x", "b", "10.0.1.2");
const ya = pod("y", "a", "10.0.2.1");
const yb = pod("y", "b", "10.0.2.2", [{ name: "web", protocol: "TCP", number: 8000 }]);
const topology: Topology = { namespaces: { x: { team: "x" }, y: { team: "y", open: "yes" } }, pods: [xa, xb, ya, yb] };
const ALL: LabelSelector = {};

type Expectation = readonly [from: PolicyPod, to: PolicyPod, protocol: "TCP" | "UDP", port: number, allowed: boolean];

/** @param specs of namespace x; `{ y: ... }` of namespace y */
function check(
  specs: readonly (PolicySpec | { readonly y: PolicySpec })[],
  expectations: readonly Expectation[],
): void {
  const policies = specs.map((spec, i): Policy =>
    "y" in spec ? { name: `p${i}`, namespace: "y", spec: spec.y } : { name: `p${i}`, namespace: "x", spec },
  );
  for (const [from, to, protocol, port, allowed] of expectations) {
    const name = `${from.namespace}/${from.name} -> ${to.namespace}/${to.name} ${protocol} ${port}`;
    expect([name, allows(topology, policies, { from, to, protocol, port })]).toEqual([name, allowed]);
  }
}

describe("isolation", () => {
  test("without a policy, all connections are allowed", () =>
    check(
      [],
      [
        [xa, xb, "TCP", 80, true],
        [ya, xa, "UDP", 80, true],
      ],
    ));

  test("default deny of ingress blocks incoming connections only, and only in its namespace", () =>
    check(
      [{ podSelector: ALL, policyTypes: ["Ingress"] }],
      [
        [ya, xa, "TCP", 80, false],
        [xa, xb, "TCP", 80, false],
        [xa, ya, "TCP", 80, true],
        [xa, xa, "TCP", 80, true],
        [ya, yb, "TCP", 8000, true],
      ],
    ));

  test("default deny of egress blocks outgoing connections only", () =>
    check(
      [{ podSelector: ALL, policyTypes: ["Egress"] }],
      [
        [xa, ya, "TCP", 80, false],
        [xa, xb, "UDP", 80, false],
        [ya, xa, "TCP", 80, true],
      ],
    ));

  test("pods without a matching policy are not isolated", () =>
    check(
      [{ podSelector: { matchLabels: { pod: "a" } }, policyTypes: ["Ingress"] }],
      [
        [ya, xa, "TCP", 80, false],
        [ya, xb, "TCP", 80, true],
      ],
    ));

  test("an empty rule and a rule with empty lists allow all connections", () => {
    check(
      [{ podSelector: ALL, policyTypes: ["Ingress"], ingress: [{}] }],
      [
        [ya, xa, "TCP", 80, true],
        [ya, xa, "UDP", 80, true],
      ],
    );
    check(
      [{ podSelector: ALL, policyTypes: ["Ingress"], ingress: [{ from: [], ports: [] }] }],
      [[ya, xa, "TCP", 80, true]],
    );
  });

  test("default policyTypes: always Ingress, Egress only with egress rules", () => {
    check(
      [{ podSelector: ALL }],
      [
        [ya, xa, "TCP", 80, false],
        [xa, ya, "TCP", 80, true],
      ],
    );
    check(
      [{ podSelector: ALL, egress: [] }],
      [
        [ya, xa, "TCP", 80, false],
        [xa, ya, "TCP", 80, true],
      ],
    );
    check(
      [{ podSelector: ALL, egress: [{}] }],
      [
        [ya, xa, "TCP", 80, false],
        [xa, ya, "TCP", 80, true],
      ],
    );
    check(
      [{ podSelector: ALL, policyTypes: [], egress: [{ to: [{ podSelector: ALL }] }] }],
      [
        [ya, xa, "TCP", 80, false],
        [xa, ya, "TCP", 80, false],
      ],
    );
  });

  test("rules of a direction that is not in policyTypes have no effect", () =>
    check([{ podSelector: ALL, policyTypes: ["Ingress"], ingress: [{}], egress: [] }], [[xa, ya, "TCP", 80, true]]));

  test("policies are additive, and both source and destination must allow a connection", () => {
    const deny: PolicySpec = { podSelector: ALL, policyTypes: ["Ingress"] };
    const fromY: PolicySpec = {
      podSelector: { matchLabels: { pod: "a" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "y" } } }] }],
    };
    check(
      [deny, fromY],
      [
        [ya, xa, "TCP", 80, true],
        [ya, xb, "TCP", 80, false],
        [xb, xa, "TCP", 80, false],
      ],
    );
    check(
      [fromY, { y: { podSelector: { matchLabels: { pod: "a" } }, policyTypes: ["Egress"] } }],
      [
        [ya, xa, "TCP", 80, false],
        [yb, xa, "TCP", 80, true],
      ],
    );
  });
});

describe("peers", () => {
  const ingress = (...from: NonNullable<NonNullable<PolicySpec["ingress"]>[number]["from"]>): PolicySpec => ({
    podSelector: ALL,
    policyTypes: ["Ingress"],
    ingress: [{ from: from }],
  });

  test("a pod selector alone selects pods of the policy's namespace", () =>
    check(
      [ingress({ podSelector: { matchLabels: { pod: "a" } } })],
      [
        [xa, xb, "TCP", 80, true],
        [ya, xb, "TCP", 80, false],
      ],
    ));

  test("empty selectors select all pods of the policy's namespace, or of all namespaces", () => {
    check(
      [ingress({ podSelector: ALL })],
      [
        [xa, xb, "TCP", 80, true],
        [ya, xb, "TCP", 80, false],
      ],
    );
    check(
      [ingress({ namespaceSelector: {} })],
      [
        [xa, xb, "TCP", 80, true],
        [yb, xb, "TCP", 80, true],
      ],
    );
  });

  test("both selectors in one peer must match, and one of two peers", () => {
    check(
      [ingress({ namespaceSelector: { matchLabels: { team: "y" } }, podSelector: { matchLabels: { pod: "a" } } })],
      [
        [ya, xb, "TCP", 80, true],
        [yb, xb, "TCP", 80, false],
        [xa, xb, "TCP", 80, false],
      ],
    );
    check(
      [ingress({ namespaceSelector: { matchLabels: { team: "y" } } }, { podSelector: { matchLabels: { pod: "a" } } })],
      [
        [yb, xb, "TCP", 80, true],
        [xa, xb, "TCP", 80, true],
      ],
    );
  });

  test("address blocks and their exceptions", () => {
    check(
      [ingress({ ipBlock: { cidr: "10.0.0.0/16", except: ["10.0.2.2/32"] } })],
      [
        [ya, xa, "TCP", 80, true],
        [yb, xa, "TCP", 80, false],
      ],
    );
    check(
      [ingress({ ipBlock: { cidr: "10.0.2.0/31" } })],
      [
        [ya, xa, "TCP", 80, true],
        [yb, xa, "TCP", 80, false],
      ],
    );
    check(
      [{ podSelector: ALL, policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr: "10.0.2.1/32" } }] }] }],
      [
        [xa, ya, "TCP", 80, true],
        [xa, yb, "TCP", 8000, false],
      ],
    );
  });

  test("address blocks of the other family match no address of this family", () =>
    check([ingress({ ipBlock: { cidr: "::/0" } })], [[ya, xa, "TCP", 80, false]]));
});

describe("ports", () => {
  const ingress = (...ports: NonNullable<NonNullable<PolicySpec["ingress"]>[number]["ports"]>): PolicySpec => ({
    podSelector: ALL,
    policyTypes: ["Ingress"],
    ingress: [{ ports: ports }],
  });

  test("the default protocol is TCP", () =>
    check(
      [ingress({ port: 80 })],
      [
        [ya, xa, "TCP", 80, true],
        [ya, xa, "UDP", 80, false],
        [ya, xa, "TCP", 81, false],
      ],
    ));

  test("a protocol without a port matches all its ports", () =>
    check(
      [ingress({ protocol: "UDP" })],
      [
        [ya, xa, "UDP", 80, true],
        [ya, xa, "TCP", 80, false],
      ],
    ));

  test("a port range", () =>
    check(
      [ingress({ port: 80, endPort: 81 })],
      [
        [ya, xa, "TCP", 80, true],
        [ya, xa, "TCP", 81, true],
        [ya, xa, "TCP", 82, false],
        [ya, xa, "TCP", 79, false],
      ],
    ));

  test("a named port is a port of the destination pod with that protocol, in both directions", () => {
    check(
      [ingress({ port: "web" })],
      [
        [ya, xa, "TCP", 80, true],
        [ya, xa, "TCP", 81, false],
        [ya, xa, "UDP", 80, false],
      ],
    );
    check(
      [ingress({ port: "dns" })],
      [
        [ya, xa, "UDP", 80, false],
        [ya, xa, "TCP", 80, false],
      ],
    );
    check([ingress({ protocol: "UDP", port: "dns" })], [[ya, xa, "UDP", 80, true]]);
    check(
      [{ podSelector: ALL, policyTypes: ["Egress"], egress: [{ ports: [{ port: "web" }] }] }],
      [
        [xa, ya, "TCP", 80, true],
        [xa, yb, "TCP", 8000, true],
        [xa, yb, "TCP", 80, false],
      ],
    );
  });

  test("peers and ports of a rule must both match, and one of several rules", () =>
    check(
      [
        {
          podSelector: ALL,
          policyTypes: ["Ingress"],
          ingress: [
            { from: [{ podSelector: ALL }], ports: [{ port: 81 }] },
            { from: [{ namespaceSelector: { matchLabels: { open: "yes" } } }], ports: [{ port: 80 }] },
          ],
        },
      ],
      [
        [xa, xb, "TCP", 81, true],
        [xa, xb, "TCP", 80, false],
        [ya, xb, "TCP", 80, true],
        [ya, xb, "TCP", 81, false],
      ],
    ));
});

describe("selectors", () => {
  const labels = { app: "web", tier: "front" };
  const cases: readonly (readonly [LabelSelector, boolean])[] = [
    [{}, true],
    [{ matchLabels: { app: "web", tier: "front" } }, true],
    [{ matchLabels: { app: "web", tier: "back" } }, false],
    [{ matchLabels: { other: "web" } }, false],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["db", "web"] }] }, true],
    [{ matchExpressions: [{ key: "none", operator: "In", values: ["web"] }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    [{ matchExpressions: [{ key: "none", operator: "NotIn", values: ["web"] }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "none", operator: "Exists" }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
    [{ matchExpressions: [{ key: "none", operator: "DoesNotExist" }] }, true],
    [{ matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "NotIn", values: ["front"] }] }, false],
  ];
  test.each(cases)("%j: %s", (selector, expected) => expect(matchesSelector(selector, labels)).toBe(expected));
});
