/** The cases as a whole: valid names, each with a table of its own, and the world that they are tried on. */
import { expect, test } from "vitest";
import { CASES } from "../../../runners/policy/cases.ts";
import {
  differences,
  describeDifferences,
  expectedStates,
  parseProbeResult,
} from "../../../runners/policy/truth-table.ts";
import { plannedPods, podObject, allConnections, createTopology } from "../../../runners/policy/topology.ts";

const planned = plannedPods("test", ["n1", "n2"]);
const world = createTopology(
  "test",
  planned.map((pod, i) => ({ ...pod, ip: `10.0.${i}.1` })),
);
const questions = allConnections(world);

test("nine pods, every other one, on two ports of two protocols", () => {
  expect(world.pods).toHaveLength(9);
  expect(questions).toHaveLength(9 * 8 * 4);
});

test("there are pairs on one node and across nodes, in and between namespaces", () => {
  const nodes = new Map(planned.map((pod) => [`${pod.namespace}/${pod.name}`, pod.node]));
  const kinds = questions.map(
    ({ from, to }) =>
      `${from.namespace === to.namespace} ${nodes.get(`${from.namespace}/${from.name}`) === nodes.get(`${to.namespace}/${to.name}`)}`,
  );
  expect(new Set(kinds).size).toBe(4);
});

test("every case has its own id and sentence", () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  expect(new Set(CASES.map(({ sentence, id }) => `${id.split(".")[1]} ${sentence}`)).size).toBe(CASES.length);
});

test("every case but those that allow everything blocks some questions and leaves others open", () => {
  const uniform = CASES.filter(
    ({ policies }) => new Set(expectedStates(world, policies(world), questions)).size === 1,
  ).map(({ id }) => id);
  expect(uniform.toSorted()).toEqual(["policy.egress.all", "policy.ingress.all", "policy.ingress.namespace.empty"]);
});

test("no two cases but these have the same table: each tells something of its own", () => {
  const tables = new Map<string, string[]>();
  for (const { id, policies } of CASES) {
    const table = expectedStates(world, policies(world), questions).join("");
    tables.set(table, [...(tables.get(table) ?? []), id]);
  }
  expect([...tables.values()].filter((ids) => ids.length > 1)).toEqual([
    ["policy.deny.ingress", "policy.ingress.nobody", "policy.ingress.port.unnamed"],
    ["policy.ingress.all", "policy.ingress.namespace.empty", "policy.egress.all"],
  ]);
});

test("pods fit the restricted level of Pod Security, and answer with who they are", () => {
  for (const pod of planned) {
    const { spec } = podObject(pod, "load:1") as {
      spec: { securityContext: object; containers: { securityContext: object; command: string[] }[] };
    };
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(spec.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec.containers[0]?.command.slice(-4)).toEqual([
      "serve",
      expect.stringMatching(/^test-[xyz]\.[abc]$/),
      "8080",
      "8081",
    ]);
  }
});

test("what differs is told with who, what was seen, and what must be; a missing answer is a failed check", () => {
  const [first, second, third] = questions;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few questions");
  const found = differences(
    [first, second, third],
    ["open", "blocked", "open"],
    [parseProbeResult("open"), parseProbeResult("open")],
  );
  expect(found.map(({ result: answer }) => answer.state)).toEqual(["open", "failed"]);
  expect(describeDifferences(found, 3)).toBe(
    "TCP 8081 from test-x/a to test-x/b is open, must be blocked; UDP 8080 from test-x/a to test-x/b is failed (the probe gave no answer), must be open, of 3 questions",
  );
});

test.each([
  ["open", { state: "open", detail: "" }],
  ["blocked Connection refused", { state: "blocked", detail: "Connection refused" }],
  ["wrong y.b", { state: "failed", detail: "answered by y.b" }],
  ["failed socket: out of memory", { state: "failed", detail: "socket: out of memory" }],
  ["", { state: "failed", detail: "no answer that could be read" }],
])("the answer %j", (line, answer) => expect(parseProbeResult(line)).toEqual(answer));
