/** suites/schema.json, the JSON Schema for editors, accepts and rejects the same files as the loader. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { runnerFacts } from "../../runners/index.ts";
import { packageRoot } from "../../core/paths.ts";
import { shippedSuites } from "../../suites/index.ts";
import { loadSuite } from "../../suites/load-suite.ts";
import { suiteSchema } from "../../suites/suite-schema.ts";

const FILE = join(packageRoot(), "suites/schema.json");
const runners = runnerFacts();
const validate = new Ajv2020({ strictTypes: false }).compile(JSON.parse(readFileSync(FILE, "utf8")) as object);
const loads = (text: string): boolean => "suite" in loadSuite(text, "my.yaml", runners);

test("the published schema matches the declarations of the runners (npm run docs updates it)", async () => {
  await expect(`${JSON.stringify(suiteSchema(runners), null, 2)}\n`).toMatchFileSnapshot(FILE);
});

test.each(shippedSuites())("$name matches the schema and refers editors to it", ({ text }) => {
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=schema.json");
});

const scenario = (...lines: string[]): string =>
  ["name: mine", "scenarios:", "  - name: one", ...lines.map((line) => `    ${line}`), ""].join("\n");

const HEADLINE = "headlines: [one/cross-node/throughput]\n";

test.each([
  ["the required keys only", scenario("runner: iperf3")],
  ["durations", `duration: 2m\n${scenario("runner: iperf3")}`],
  ["adaptive blocks", `blocks: {min: 6, max: 20, until: 2.5 %}\n${HEADLINE}${scenario("runner: iperf3")}`],
  ["an hour", `duration: 3600\n${scenario("runner: iperf3")}`],
  [
    "paths, family, repetitions, params",
    scenario("runner: iperf3", "paths: [cross-node]", "family: dual", "repetitions: 1000", "params: {streams: 128}"),
  ],
  ["a range of pods", scenario("runner: crowd", "podRange: 20", "params: {existing: 1000}")],
  ["no params", scenario("runner: lifecycle", "params: {}")],
  ["background objects", scenario("runner: iperf3", "standing: {services: 10000, policies: 0}")],
])("loader and schema accept %s", (_, text) => {
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
  ["a number as a name", scenario("runner: iperf3").replace("mine", "7")],
  ["an unknown key", `block: 3\n${scenario("runner: iperf3")}`],
  ["zero blocks", `blocks: 0\n${scenario("runner: iperf3")}`],
  ["a fractional number of blocks", `blocks: 1.5\n${scenario("runner: iperf3")}`],
  ["adaptive blocks without a maximum", `blocks: {min: 6}\n${HEADLINE}${scenario("runner: iperf3")}`],
  ["a target of zero", `blocks: {min: 6, max: 9, until: 0.0 %}\n${HEADLINE}${scenario("runner: iperf3")}`],
  ["a target without a unit", `blocks: {min: 6, max: 9, until: 5}\n${HEADLINE}${scenario("runner: iperf3")}`],
  ["too many blocks", `blocks: 1001\n${scenario("runner: iperf3")}`],
  ["a duration of zero", `duration: 0\n${scenario("runner: iperf3")}`],
  ["more than an hour", `duration: 3601s\n${scenario("runner: iperf3")}`],
  ["61 minutes", `duration: 61m\n${scenario("runner: iperf3")}`],
  ["milliseconds", `duration: 500ms\n${scenario("runner: iperf3")}`],
  ["a description that is a number", `description: 3\n${scenario("runner: iperf3")}`],
  ["an unknown runner", scenario("runner: iperf4")],
  ["no runner", scenario("repetitions: 1")],
  ["an unknown key of a scenario", scenario("runner: iperf3", "path: [cross-node]")],
  ["an unknown path", scenario("runner: iperf3", "paths: [same-nod]")],
  ["the baseline as a path", scenario("runner: iperf3", "paths: [host]")],
  ["a duplicate path", scenario("runner: iperf3", "paths: [same-node, same-node]")],
  ["an empty list of paths", scenario("runner: iperf3", "paths: []")],
  ["paths for a runner without paths", scenario("runner: lifecycle", "paths: [same-node]")],
  ["an unknown family", scenario("runner: iperf3", "family: ipv5")],
  ["a range too large for sixteen nodes", scenario("runner: iperf3", "podRange: 19")],
  ["a range that is a string", scenario("runner: iperf3", 'podRange: "/20"')],
  ["too many background objects", scenario("runner: iperf3", "standing: {pods: 5001}")],
  ["unknown background objects", scenario("runner: iperf3", "standing: {nodes: 1}")],
  ["zero repetitions", scenario("runner: iperf3", "repetitions: 0")],
  ["an unknown parameter", scenario("runner: iperf3", "params: {stream: 1}")],
  ["a parameter out of its range", scenario("runner: iperf3", "params: {streams: 129}")],
  ["a parameter of the wrong type", scenario("runner: iperf3", 'params: {streams: "1"}')],
  ["a parameter of another runner", scenario("runner: lifecycle", "params: {streams: 1}")],
])("loader and schema reject %s", (_, text) => {
  expect(loads(text)).toBe(false);
  expect(validate(parse(text))).toBe(false);
});
