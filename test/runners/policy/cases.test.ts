/** All policy cases: unique ids and truth tables, and the topology of their pods. */
import { expect, test } from "vitest";
import { CASES } from "../../../runners/policy/cases.ts";
import type { PolicyPod } from "../../../runners/policy/policy-model.ts";
import { differences, describeDifferences, expectedStates } from "../../../runners/policy/truth-table.ts";
import { plannedPods, serverPod, allConnections, createTopology } from "../../../runners/policy/topology.ts";

const planned = plannedPods("test", ["n1", "n2"]);
const topology = createTopology(
  "test",
  planned.map((pod, i) => ({ ...pod, ip: `10.0.${i}.1` })),
);
const connections = allConnections(topology);

test("nine pods connect to all others on two ports of two protocols", () => {
  expect(topology.pods).toHaveLength(9);
  expect(connections).toHaveLength(9 * 8 * 4);
});

test("there are pairs on one node and across nodes, within and across namespaces", () => {
  const nodes = new Map(planned.map((pod) => [`${pod.namespace}/${pod.name}`, pod.node]));
  const nodeOf = ({ namespace, name }: PolicyPod): string | undefined => nodes.get(`${namespace}/${name}`);
  const kinds = connections.map(({ from, to }) => `${from.namespace === to.namespace} ${nodeOf(from) === nodeOf(to)}`);
  expect(new Set(kinds).size).toBe(4);
});

test("every case has a unique id and sentence", () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  expect(new Set(CASES.map(({ sentence, id }) => `${id.split(".")[1]} ${sentence}`)).size).toBe(CASES.length);
});

test("every case blocks some connections and allows others, except for those that allow everything", () => {
  const uniform = CASES.filter(
    ({ policies }) => new Set(expectedStates(topology, policies(topology), connections)).size === 1,
  ).map(({ id }) => id);
  expect(uniform.toSorted()).toEqual(["policy.egress.all", "policy.ingress.all", "policy.ingress.namespace.empty"]);
});

test("every case has a unique truth table, with these exceptions", () => {
  const tables = new Map<string, string[]>();
  for (const { id, policies } of CASES) {
    const table = expectedStates(topology, policies(topology), connections).join("");
    tables.set(table, [...(tables.get(table) ?? []), id]);
  }
  expect([...tables.values()].filter((ids) => ids.length > 1)).toEqual([
    ["policy.deny.ingress", "policy.ingress.nobody", "policy.ingress.port.unnamed"],
    ["policy.ingress.all", "policy.ingress.namespace.empty", "policy.egress.all"],
  ]);
});

test("pods satisfy the restricted Pod Security level and answer with their names", () => {
  for (const pod of planned) {
    const { spec } = serverPod(pod, "load:1");
    expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(spec?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec?.containers[0]?.command?.slice(-4)).toEqual([
      "serve",
      expect.stringMatching(/^test-[xyz]\.[abc]$/),
      "8080",
      "8081",
    ]);
  }
});

test("reports differences with endpoints, observed and expected state; a missing result is a failed probe", () => {
  const [first, second, third] = connections;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few connections");
  const found = differences(
    [first, second, third],
    ["open", "blocked", "open"],
    Array(2).fill({ state: "open", detail: "" }),
  );
  expect(found.map(({ result }) => result.state)).toEqual(["open", "failed"]);
  expect(describeDifferences(found, 3)).toBe(
    "TCP 8081 from test-x/a to test-x/b is open, expected blocked; " +
      "UDP 8080 from test-x/a to test-x/b is failed (the probe returned no result), expected open, of 3 connections",
  );
});
