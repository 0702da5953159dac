/** `blocks` of a suite: a fixed number, or two limits and a target. */
import { expect, it, test } from "vitest";
import { runnerFacts } from "../../runners/index.ts";
import { maxBlocks, minBlocks, stoppingRuleOf } from "../../suites/block-count.ts";
import { loadSuite } from "../../suites/load-suite.ts";

const suiteWith = (blocks: string, headlines = "[one/cross-node/throughput]"): string =>
  `name: mine\nblocks: ${blocks}\nheadlines: ${headlines}\nscenarios:\n  - {name: one, runner: iperf3}\n`;

const load = (blocks: string, headlines?: string) => loadSuite(suiteWith(blocks, headlines), "my.yaml", runnerFacts());

it("reads limits and a target, which is 5 % by default", () => {
  const loaded = load("{min: 6, max: 20}");
  const { blocks } = "suite" in loaded ? loaded.suite : { blocks: 0 };
  expect(blocks).toEqual({ min: 6, max: 20, until: "5 %" });
  expect([minBlocks(blocks), maxBlocks(blocks)]).toEqual([6, 20]);
  expect(stoppingRuleOf(blocks)).toEqual({ min: 6, max: 20, until: 0.05 });
  expect([minBlocks(9), maxBlocks(9), stoppingRuleOf(9)]).toEqual([9, 9, null]);
});

test.each([
  ["{min: 6, max: 6}", /^my\.yaml:2:23: the largest .* must exceed the smallest, 6, not "6"; .*"blocks: 6"/],
  ["{min: 8, max: 6}", /^my\.yaml:2:23: the largest number of blocks must exceed/],
  ["{min: 1, max: 6}", /^my\.yaml:2:15: the smallest number of blocks must be an integer from 2 to 1000/],
  ["{min: 6, max: 1001}", /^my\.yaml:2:23: the largest number of blocks must be an integer from 2 to 1000/],
  ["{max: 20}", /^my\.yaml:2:9: adaptive blocks have no smallest number; add "min:"/],
  ["{min: 6}", /^my\.yaml:2:9: adaptive blocks have no largest number; add "max:"/],
  ["{min: 6, max: 20, until: 5}", /^my\.yaml:2:34: until must be a percentage above 0 % and below 100 %/],
  ["{min: 6, max: 20, until: 0 %}", /^my\.yaml:2:34: until must be a percentage/],
  ["{min: 6, max: 20, until: 100 %}", /^my\.yaml:2:34: until must be a percentage/],
  ["{min: 6, max: 20, until: -1 %}", /^my\.yaml:2:34: until must be a percentage/],
  [
    "{min: 6, max: 20, untill: 5 %}",
    /^my\.yaml:2:27: unknown key "untill" in adaptive blocks \(did you mean "until"\?\)/,
  ],
  ["[6, 20]", /^my\.yaml:2:9: blocks must be an integer from 1 to 1000, or a map with min, max and until/],
])("refuses %s with its position", (blocks, expected) => {
  const loaded = load(blocks);
  expect("problems" in loaded ? loaded.problems[0] : null).toMatch(expected);
});

it("needs headlines, which the smallest number of blocks can decide", () => {
  const two = "[one/cross-node/throughput, one/same-node/throughput]";
  expect(load("{min: 6, max: 20}", two)).toEqual({
    problems: ["my.yaml:3:12: 2 headlines need at least 7 blocks, the suite may stop after 6"],
  });
  expect(load("{min: 7, max: 20}", two)).toHaveProperty("suite");
  expect(load("{min: 7, max: 20}", "[]")).toEqual({
    problems: [expect.stringMatching(/^my\.yaml:2:9: adaptive blocks stop by the spread of headlines/)],
  });
});
