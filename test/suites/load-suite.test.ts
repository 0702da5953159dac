import { expect, test } from "vitest";
import { loadSuite } from "../../suites/load-suite.ts";
import { RUNNERS } from "./runners.ts";

function problemsOf(text: string): readonly string[] {
  const loaded = loadSuite(text, "my.yaml", RUNNERS);
  return "problems" in loaded ? loaded.problems : [];
}

/** Returns a complete file with one scenario that has the given additional lines. */
function withScenario(...lines: string[]): string {
  return ["name: mine", "scenarios:", "  - name: one", ...lines.map((line) => `    ${line}`), ""].join("\n");
}

test("a minimal suite gets all defaults", () => {
  expect(loadSuite(withScenario("runner: iperf3"), "my.yaml", RUNNERS)).toEqual({
    suite: {
      name: "mine",
      description: "",
      blocks: 10,
      duration: 10,
      headlines: [],
      equivalence: {},
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

test("a complete suite keeps all its values", () => {
  const text = `name: mine
description: "All: of it"
blocks: 7
duration: 2m
headlines: [a/cross-node/throughput, b/same-node/pods-rate]
equivalence: {throughput: 3 %, retransmits: {difference: 5}}
scenarios:
  - {name: a, runner: iperf3, paths: [cross-node], repetitions: 4,
     standing: {policies: 100}, params: {streams: 8, omit: 0.5}}
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
      blocks: 7,
      duration: 120,
      headlines: ["a/cross-node/throughput", "b/same-node/pods-rate"],
      equivalence: { throughput: "3 %", retransmits: { difference: 5 } },
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

test("all problems are reported at once, in file order, with position and next step", () => {
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
    "my.yaml:1:7: the suite name must be 1 to 40 lowercase letters, digits or hyphens, " +
      "starting with a letter or digit, " +
      'not "My Suite"',
    'my.yaml:2:1: unknown key "blcks" in the suite (did you mean "blocks"?); ' +
      "known: name, description, blocks, duration, headlines, equivalence, scenarios",
    expect.stringMatching(/^my\.yaml:3:11: duration: invalid duration "0": /),
    'my.yaml:4:9: blocks must be an integer from 1 to 1000, not "1.5"',
    'my.yaml:7:13: unknown runner "iperf4" (did you mean "iperf3"?); ' +
      "known: iperf3, netperf, lifecycle, churn, conformance",
    "my.yaml:8:11: duplicate scenario name one (first used on line 6); choose another name",
    'my.yaml:10:13: unknown path "same-nod" (did you mean "same-node"?); known: same-node, cross-node',
    'my.yaml:10:23: path "host" is the baseline, which every block measures; remove it',
    'my.yaml:10:41: duplicate path "cross-node"; remove it',
    'my.yaml:11:18: repetitions must be an integer from 1 to 1000, not "0"',
    'my.yaml:12:14: unknown key "stream" in the params of runner iperf3 (did you mean "streams"?); ' +
      "known: streams, omit",
    'my.yaml:12:31: omit must be a number from 0 to 60, not "1"',
    'my.yaml:13:5: this scenario has no name; add "name:"',
    'my.yaml:14:12: runner conformance runs on the deployment and takes no paths; remove "paths"',
    'my.yaml:15:14: unknown key "deep" in the params of runner conformance; known: none',
    'my.yaml:18:20: test must be one of TCP_RR, not "TCP_RX" (did you mean "TCP_RR"?)',
  ]);
});

test.each([
  ["an empty file", "", /^my\.yaml:1:1: the suite must be a map with the keys name, /],
  ["a list", "- a\n", /^my\.yaml:1:1: the suite must be a map/],
  ["only a name", "name: mine\n", /^my\.yaml:1:1: the suite has no scenarios; add "scenarios:"/],
  ["no scenarios", "name: mine\nscenarios: []\n", /^my\.yaml:2:12: scenarios must be a list with at least one/],
  ["empty scenarios", "name: mine\nscenarios:\n", /^my\.yaml:2:\d+: scenarios must be a list/],
  ["scenarios as a map", "name: mine\nscenarios: {a: 1}\n", /^my\.yaml:2:12: scenarios must be a list/],
  [
    "a scenario that is a string",
    "name: mine\nscenarios: [tcp]\n",
    /^my\.yaml:2:13: a scenario must be a map with the keys name, runner/,
  ],
  [
    "no runner",
    withScenario("repetitions: 2"),
    /^my\.yaml:3:5: this scenario has no runner; add "runner:" with one of iperf3, /,
  ],
  ["an inherited property as a runner", withScenario("runner: constructor"), /unknown runner "constructor"; known: /],
  ["a runner that is not a string", withScenario("runner: [iperf3]"), /runner must be a string, not a list/],
  [
    "an inherited property as a parameter",
    withScenario("runner: iperf3", "params: {__proto__: 1}"),
    /unknown key "__proto__" in the params of runner iperf3/,
  ],
  [
    "params as a list",
    withScenario("runner: iperf3", "params: [streams]"),
    /the params of runner iperf3 must be a map with the keys streams, omit/,
  ],
  [
    "paths as a string",
    withScenario("runner: iperf3", "paths: same-node"),
    /paths must be a list with at least one of same-node, cross-node/,
  ],
  ["an empty list of paths", withScenario("runner: iperf3", "paths: []"), /paths must be a list with at least one/],
  [
    "a fractional number of streams",
    withScenario("runner: iperf3", "params: {streams: 1.5}"),
    /streams must be an integer from 1 to 128, not "1\.5"/,
  ],
  [
    "too many streams",
    withScenario("runner: iperf3", "params: {streams: 129}"),
    /streams must be an integer from 1 to 128/,
  ],
  [
    "not a number",
    withScenario("runner: iperf3", "params: {omit: .nan}"),
    /omit must be a number from 0 to 60, not "NaN"/,
  ],
  [
    "an excessive duration",
    `duration: 1e99\n${withScenario("runner: iperf3")}`,
    /^my\.yaml:1:11: duration: invalid duration "1e\+99"/,
  ],
  [
    "half a second, which the load tools do not support",
    `duration: 500ms\n${withScenario("runner: iperf3")}`,
    /^my\.yaml:1:11: duration: invalid duration "500ms": use whole seconds/,
  ],
  ["an empty duration", `duration:\n${withScenario("runner: iperf3")}`, /duration: invalid duration ""/],
  ["a duration that is a list", `duration: [1]\n${withScenario("runner: iperf3")}`, /duration: invalid duration ""/],
  [
    "more pods than fit in a /24",
    withScenario("runner: churn", "params: {pods: 252}"),
    /^my\.yaml:3:5: the \/24 of a node holds at most 251 pods, not 252; use fewer .*"podRange: 20" \(4091 pods\)$/,
  ],
  [
    "more pods than fit in any range, in a /24",
    withScenario("runner: churn", "params: {pods: 5000}"),
    /the \/24 of a node holds at most 251 pods, not 5000; use fewer pods$/,
  ],
  [
    "more pods than fit in any range",
    withScenario("runner: churn", "podRange: 20", "params: {pods: 5000}"),
    /the \/20 of a node holds at most 4091 pods, not 5000; use fewer pods$/,
  ],
  [
    "too many background services",
    withScenario("runner: iperf3", "standing: {services: 10001}"),
    /standing services must be an integer from 0 to 10000, not "10001"/,
  ],
  [
    "unknown background objects",
    withScenario("runner: iperf3", "standing: {nodes: 3}"),
    /unknown key "nodes" in standing \(did you mean "pods"\?\); known: services, policies, pods/,
  ],
  [
    "an invalid prefix length",
    withScenario("runner: iperf3", "podRange: 25"),
    /podRange must be an integer from 20 to 24, not "25"/,
  ],
  ["a name that is a path", "name: ../x\nscenarios: [{name: a, runner: iperf3}]\n", /the suite name must be/],
  [
    "a name with 41 letters",
    `name: ${"a".repeat(41)}\nscenarios: [{name: a, runner: iperf3}]\n`,
    /the suite name must be 1 to 40/,
  ],
  [
    "a number as description",
    `description: 1\n${withScenario("runner: iperf3")}`,
    /the description must be a string, not "1"; quote it/,
  ],
  ["broken syntax", "name: [mine\nscenarios: x\n", /^my\.yaml:2:1: .*correct the YAML here$/],
])("%s is one problem with one message", (_, text, expected) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
  expect(problems[0]).not.toContain("\n");
});

test("IPv6-only scenarios have no limit on pods", () => {
  expect(problemsOf(withScenario("runner: churn", "family: ipv6", "params: {pods: 5000}"))).toEqual([]);
});

test("a hostile file cannot flood the terminal or send control characters", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `"\\e[31mk${i}": 1`).join("\n");
  const problems = problemsOf(`${many}\nname: x\nscenarios: [{name: a, runner: iperf3}]\n`);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toBe("and 4900 more problems; fix the first ones and try again");
  expect(problems.join("")).not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(
    problemsOf(`name: "${"x".repeat(100_000)}"\nscenarios: [{name: a, runner: iperf3}]\n`)[0]?.length,
  ).toBeLessThan(250);
});

test("headlines must be questions of the suite that its blocks can decide", () => {
  const text = (headlines: string, blocks = 10): string =>
    `blocks: ${blocks}\nheadlines: ${headlines}\n${withScenario("runner: iperf3")}`;
  expect(problemsOf(text("[two/cross-node/throughput, one/cross-node/throughput, one/cross-node/throughput]"))).toEqual(
    [
      expect.stringMatching(/^my\.yaml:2:13: headline "two\/cross-node\/throughput" is not .*did you mean/),
      expect.stringMatching(/^my\.yaml:2:67: duplicate headline/),
    ],
  );
  expect(problemsOf(text("[one/cross-node/throughput, one/same-node/throughput]", 6))).toEqual([
    "my.yaml:2:12: 2 headlines need at least 7 blocks, the suite has 6",
  ]);
  expect(problemsOf(text("one/cross-node/throughput"))).toEqual([
    expect.stringMatching(/^my\.yaml:2:12: headlines must/),
  ]);
});

test("bands need a unit and a metric", () => {
  const text = (equivalence: string): string => `equivalence: ${equivalence}\n${withScenario("runner: iperf3")}`;
  expect(problemsOf(text("{throughput: 5}"))).toEqual([
    expect.stringMatching(/^my\.yaml:1:27: the band of throughput must be a percentage such as "5 %"/),
  ]);
  expect(problemsOf(text("{throughput: 0 %, througput: 5 %, loss: {}}"))).toEqual([
    expect.stringMatching(/^my\.yaml:1:27: the band of throughput must be/),
    expect.stringMatching(/^my\.yaml:1:32: unknown metric "througput"/),
    expect.stringMatching(/^my\.yaml:1:54: the band of loss has no difference/),
  ]);
});
