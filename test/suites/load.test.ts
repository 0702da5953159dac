import { expect, test } from "vitest";
import { loadSuite } from "../../suites/load.ts";
import { RUNNERS } from "./runners.ts";

function problemsOf(text: string): readonly string[] {
  const loaded = loadSuite(text, "my.yaml", RUNNERS);
  return "problems" in loaded ? loaded.problems : [];
}

/** A whole file with one scenario, its further lines given. */
function withScenario(...lines: string[]): string {
  return ["name: mine", "scenarios:", "  - name: one", ...lines.map((line) => `    ${line}`), ""].join("\n");
}

test("a short suite gets every default", () => {
  expect(loadSuite(withScenario("runner: iperf3"), "my.yaml", RUNNERS)).toEqual({
    suite: {
      name: "mine",
      description: "",
      blocks: 10,
      duration: 10,
      scenarios: [
        {
          name: "one",
          runner: "iperf3",
          paths: ["same-node", "cross-node"],
          family: "ipv4",
          podRange: 24,
          repetitions: 1,
          params: { streams: 1, omit: 1 },
        },
      ],
    },
  });
});

test("a full suite says it all", () => {
  const text = `name: mine
description: "All: of it"
blocks: 3
duration: 2m
scenarios:
  - {name: a, runner: iperf3, paths: [cross-node], repetitions: 4, standing: {policies: 100}, params: {streams: 8, omit: 0.5}}
  - name: b
    runner: churn
    family: dual
    podRange: 20
    params: {pods: 4091}
`;
  expect(loadSuite(text, "my.yaml", RUNNERS)).toEqual({
    suite: {
      name: "mine",
      description: "All: of it",
      blocks: 3,
      duration: 120,
      scenarios: [
        {
          name: "a",
          runner: "iperf3",
          paths: ["cross-node"],
          family: "ipv4",
          podRange: 24,
          repetitions: 4,
          standing: { services: 0, policies: 100, pods: 0 },
          params: { streams: 8, omit: 0.5 },
        },
        { name: "b", runner: "churn", paths: [], family: "dual", podRange: 20, repetitions: 1, params: { pods: 4091 } },
      ],
    },
  });
});

test("every problem is given at once, in the order of the file, with its place and the next step", () => {
  const text = `name: My Suite
blcks: 3
duration: 0
blocks: 1.5
scenarios:
  - name: one
    runner: iperf4
  - name: one
    runner: iperf3
    paths: [same-nod, host, cross-node, cross-node]
    repetitions: 0
    params: {stream: 2, omit: "1"}
  - runner: conformance
    paths: [same-node]
    params: {deep: 1}
  - name: rr
    runner: netperf
    params: {test: TCP_RX}
`;
  expect(problemsOf(text)).toEqual([
    'my.yaml:1:7: the name of the suite must be 1 to 40 small letters, digits and hyphens, beginning with a letter or digit, not "My Suite"',
    'my.yaml:2:1: unknown key of the suite "blcks" (did you mean "blocks"?); known: name, description, blocks, duration, scenarios',
    'my.yaml:3:11: duration: invalid duration "0": use whole seconds from 1s to 60m, e.g. 10, 10s or 2m',
    'my.yaml:4:9: blocks must be a whole number from 1 to 1000, not "1.5"',
    'my.yaml:7:13: unknown runner "iperf4" (did you mean "iperf3"?); known: iperf3, netperf, lifecycle, churn, conformance',
    "my.yaml:8:11: a scenario named one is already on line 6; give this one another name",
    'my.yaml:10:13: unknown path "same-nod" (did you mean "same-node"?); known: same-node, cross-node',
    'my.yaml:10:23: path "host" is the baseline and measured in every block; remove it here',
    'my.yaml:10:41: path "cross-node" is given twice; remove one',
    'my.yaml:11:18: repetitions must be a whole number from 1 to 1000, not "0"',
    'my.yaml:12:14: unknown key of the params of runner iperf3 "stream" (did you mean "streams"?); known: streams, omit',
    'my.yaml:12:31: omit must be a number from 0 to 60, not "1"',
    'my.yaml:13:5: this scenario has no name; add "name:"',
    'my.yaml:14:12: runner conformance works on the deployment as a whole and takes no paths; remove "paths"',
    'my.yaml:15:14: unknown key of the params of runner conformance "deep"; known: none',
    'my.yaml:18:20: test must be one of TCP_RR, not "TCP_RX" (did you mean "TCP_RR"?)',
  ]);
});

test.each([
  ["an empty file", "", /^my\.yaml:1:1: the suite must be a map of name, /],
  ["a list", "- a\n", /^my\.yaml:1:1: the suite must be a map/],
  ["nothing but a name", "name: mine\n", /^my\.yaml:1:1: the suite has no scenarios; add "scenarios:"/],
  ["no scenarios", "name: mine\nscenarios: []\n", /^my\.yaml:2:12: scenarios must be a list with at least one/],
  ["empty scenarios", "name: mine\nscenarios:\n", /^my\.yaml:2:\d+: scenarios must be a list/],
  ["scenarios as a map", "name: mine\nscenarios: {a: 1}\n", /^my\.yaml:2:12: scenarios must be a list/],
  [
    "a scenario that is a word",
    "name: mine\nscenarios: [tcp]\n",
    /^my\.yaml:2:13: a scenario must be a map of name, runner/,
  ],
  [
    "no runner",
    withScenario("repetitions: 2"),
    /^my\.yaml:3:5: this scenario has no runner; add "runner:" with one of iperf3, /,
  ],
  ["a runner that every object has", withScenario("runner: constructor"), /unknown runner "constructor"; known: /],
  ["a runner that is no text", withScenario("runner: [iperf3]"), /runner must be a text, not a list/],
  [
    "a parameter that every object has",
    withScenario("runner: iperf3", "params: {__proto__: 1}"),
    /unknown key of the params of runner iperf3 "__proto__"/,
  ],
  [
    "params as a list",
    withScenario("runner: iperf3", "params: [streams]"),
    /the params of runner iperf3 must be a map of streams, omit/,
  ],
  [
    "paths as a word",
    withScenario("runner: iperf3", "paths: same-node"),
    /paths must be a list with at least one of same-node, cross-node/,
  ],
  ["an empty list of paths", withScenario("runner: iperf3", "paths: []"), /paths must be a list with at least one/],
  [
    "a fraction of a stream",
    withScenario("runner: iperf3", "params: {streams: 1.5}"),
    /streams must be a whole number from 1 to 128, not "1\.5"/,
  ],
  [
    "too many streams",
    withScenario("runner: iperf3", "params: {streams: 129}"),
    /streams must be a whole number from 1 to 128/,
  ],
  [
    "no number",
    withScenario("runner: iperf3", "params: {omit: .nan}"),
    /omit must be a number from 0 to 60, not "NaN"/,
  ],
  [
    "an endless duration",
    `duration: 1e99\n${withScenario("runner: iperf3")}`,
    /^my\.yaml:1:11: duration: invalid duration "1e\+99"/,
  ],
  [
    "half a second, which the load tools cannot do",
    `duration: 500ms\n${withScenario("runner: iperf3")}`,
    /^my\.yaml:1:11: duration: invalid duration "500ms": use whole seconds/,
  ],
  ["no duration", `duration:\n${withScenario("runner: iperf3")}`, /duration: invalid duration ""/],
  ["a duration that is a list", `duration: [1]\n${withScenario("runner: iperf3")}`, /duration: invalid duration ""/],
  [
    "more pods than a /24 holds",
    withScenario("runner: churn", "params: {pods: 252}"),
    /^my\.yaml:3:5: 252 pods do not fit the \/24 of a node, which has room for 251; ask for fewer, or a larger range: "podRange: 20" has room for 4091$/,
  ],
  [
    "more pods than any range holds",
    withScenario("runner: churn", "podRange: 20", "params: {pods: 5000}"),
    /5000 pods do not fit the \/20 of a node, which has room for 4091; ask for fewer$/,
  ],
  [
    "too many standing services",
    withScenario("runner: iperf3", "standing: {services: 10001}"),
    /standing services must be a whole number from 0 to 10000, not "10001"/,
  ],
  [
    "standing things that nobody knows",
    withScenario("runner: iperf3", "standing: {nodes: 3}"),
    /unknown key of standing "nodes" \(did you mean "pods"\?\); known: services, policies, pods/,
  ],
  [
    "a range that is none",
    withScenario("runner: iperf3", "podRange: 25"),
    /podRange must be a whole number from 20 to 24, not "25"/,
  ],
  ["a name with a path in it", "name: ../x\nscenarios: [{name: a, runner: iperf3}]\n", /the name of the suite must be/],
  [
    "a name of 41 letters",
    `name: ${"a".repeat(41)}\nscenarios: [{name: a, runner: iperf3}]\n`,
    /the name of the suite must be 1 to 40/,
  ],
  [
    "a number as description",
    `description: 1\n${withScenario("runner: iperf3")}`,
    /the description must be a text, not "1"; put it in quotes/,
  ],
  ["broken syntax", "name: [mine\nscenarios: x\n", /^my\.yaml:2:1: .*correct the YAML here$/],
])("%s: one problem, one sentence", (_, text, expected) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
  expect(problems[0]).not.toContain("\n");
});

test("pods with IPv6 addresses only have room", () => {
  expect(problemsOf(withScenario("runner: churn", "family: ipv6", "params: {pods: 5000}"))).toEqual([]);
});

test("a hostile file cannot flood or dirty the terminal", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `"\\e[31mk${i}": 1`).join("\n");
  const problems = problemsOf(`${many}\nname: x\nscenarios: [{name: a, runner: iperf3}]\n`);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toBe("and 4900 more problems; correct the first ones and try again");
  expect(problems.join("")).not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(
    problemsOf(`name: "${"x".repeat(100_000)}"\nscenarios: [{name: a, runner: iperf3}]\n`)[0]?.length,
  ).toBeLessThan(250);
});
