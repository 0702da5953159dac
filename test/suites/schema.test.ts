/** suites/schema.json lets editors complete a suite and mark what the loader would refuse. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { runnerFacts } from "../../cli/inputs.ts";
import { packageRoot } from "../../core/paths.ts";
import { shippedSuites } from "../../suites/index.ts";
import { loadSuite } from "../../suites/load.ts";
import { suiteSchema } from "./suite-schema.ts";

const FILE = join(packageRoot(), "suites/schema.json");
const runners = runnerFacts();
const validate = new Ajv2020({ strictTypes: false }).compile(JSON.parse(readFileSync(FILE, "utf8")) as object);
const loads = (text: string): boolean => "suite" in loadSuite(text, "my.yaml", runners);

test("the published schema says what the runners declare (vitest -u writes it anew)", async () => {
  await expect(`${JSON.stringify(suiteSchema(runners), null, 2)}\n`).toMatchFileSnapshot(FILE);
});

test.each(shippedSuites())("$name follows it, and tells editors where it is", ({ text }) => {
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=schema.json");
});

const scenario = (...lines: string[]): string =>
  ["name: mine", "scenarios:", "  - name: one", ...lines.map((line) => `    ${line}`), ""].join("\n");

test.each([
  ["nothing but what must be there", scenario("runner: iperf3")],
  ["durations", `duration: 2m\n${scenario("runner: iperf3")}`],
  ["an hour", `duration: 3600\n${scenario("runner: iperf3")}`],
  [
    "paths, family, repetitions, params",
    scenario("runner: iperf3", "paths: [cross-node]", "family: dual", "repetitions: 1000", "params: {streams: 128}"),
  ],
  ["a range of pods", scenario("runner: crowd", "podRange: 20", "params: {existing: 1000}")],
  ["no params", scenario("runner: lifecycle", "params: {}")],
  ["what stands meanwhile", scenario("runner: iperf3", "standing: {services: 10000, policies: 0}")],
])("both take %s", (_, text) => {
  expect(loads(text)).toBe(true);
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
});

test.each([
  ["an empty file", ""],
  ["a list", "- a\n"],
  ["no scenarios", "name: mine\n"],
  ["an empty list of scenarios", "name: mine\nscenarios: []\n"],
  ["no name", scenario("runner: iperf3").replace("name: mine\n", "")],
  ["a name with spaces", scenario("runner: iperf3").replace("mine", "My Suite")],
  ["a name of 41 characters", scenario("runner: iperf3").replace("mine", "a".repeat(41))],
  ["a number for a name", scenario("runner: iperf3").replace("mine", "7")],
  ["an unknown key", `block: 3\n${scenario("runner: iperf3")}`],
  ["no block", `blocks: 0\n${scenario("runner: iperf3")}`],
  ["half a block", `blocks: 1.5\n${scenario("runner: iperf3")}`],
  ["too many blocks", `blocks: 1001\n${scenario("runner: iperf3")}`],
  ["no duration", `duration: 0\n${scenario("runner: iperf3")}`],
  ["more than an hour", `duration: 3601s\n${scenario("runner: iperf3")}`],
  ["61 minutes", `duration: 61m\n${scenario("runner: iperf3")}`],
  ["milliseconds", `duration: 500ms\n${scenario("runner: iperf3")}`],
  ["a description that is a number", `description: 3\n${scenario("runner: iperf3")}`],
  ["an unknown runner", scenario("runner: iperf4")],
  ["no runner", scenario("repetitions: 1")],
  ["an unknown key of a scenario", scenario("runner: iperf3", "path: [cross-node]")],
  ["an unknown path", scenario("runner: iperf3", "paths: [same-nod]")],
  ["the baseline as a path", scenario("runner: iperf3", "paths: [host]")],
  ["a path twice", scenario("runner: iperf3", "paths: [same-node, same-node]")],
  ["no path", scenario("runner: iperf3", "paths: []")],
  ["paths of a runner that has none", scenario("runner: lifecycle", "paths: [same-node]")],
  ["an unknown family", scenario("runner: iperf3", "family: ipv5")],
  ["a range that sixteen nodes cannot have", scenario("runner: iperf3", "podRange: 19")],
  ["a range that is none", scenario("runner: iperf3", 'podRange: "/20"')],
  ["too much that stands", scenario("runner: iperf3", "standing: {pods: 5001}")],
  ["other things that stand", scenario("runner: iperf3", "standing: {nodes: 1}")],
  ["no repetition", scenario("runner: iperf3", "repetitions: 0")],
  ["an unknown parameter", scenario("runner: iperf3", "params: {stream: 1}")],
  ["a parameter out of its range", scenario("runner: iperf3", "params: {streams: 129}")],
  ["a parameter of another type", scenario("runner: iperf3", 'params: {streams: "1"}')],
  ["another runner's parameter", scenario("runner: lifecycle", "params: {streams: 1}")],
])("both refuse %s", (_, text) => {
  expect(loads(text)).toBe(false);
  expect(validate(parse(text))).toBe(false);
});
