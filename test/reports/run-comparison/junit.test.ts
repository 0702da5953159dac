import { describe, expect, test } from "vitest";
import type { FailOn } from "../../../reports/run-comparison/comparison-format.ts";
import { comparisonJunit } from "../../../reports/run-comparison/junit.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import {
  comparedCell,
  comparedClause,
  failingClause,
  hostileComparison,
  improvedCell,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";
import { parseXml } from "../../helpers/xml.ts";

const render = (comparison: RunComparison, failOn: readonly FailOn[] = []) =>
  parseXml(comparisonJunit(comparison, { all: false, failOn }));

describe("the JUnit XML of a comparison", () => {
  const ptp = { base: "ptp", head: "ptp" };
  const cells = [comparedCell(REGRESSION), improvedCell(), comparedCell({ plugin: ptp })];
  const sample = sampleComparison(cells, { uncompared: [uncomparedCell("no CHECK")] });

  test("has a suite per plugin and a case per cell", () => {
    const suites = render(sample).children;
    expect(suites.map(({ attributes: { name, tests, skipped } }) => [name, tests, skipped])).toEqual([
      ["bridge", "3", "1"],
      ["ptp", "1", "0"],
    ]);
    const names = suites[0]?.children
      .filter(({ name }) => name === "testcase")
      .map(({ attributes }) => attributes.name);
    expect(names).toEqual(
      ["add-time", "del-time", "check-time"].map((metric) => `lifecycle/pods/bridge/netns/same-node/${metric}`),
    );
  });

  test.each([
    [[], "0"],
    [["regression"], "0"],
    [["suspect"], "1"],
  ] as const)("has the failures that --fail-on %j demands: %s", (failOn, failures) => {
    expect(render(sample, failOn).children[0]?.attributes.failures).toBe(failures);
  });

  test("fails for cells that only the head failed to measure, with any --fail-on", () => {
    const failed = { ...uncomparedCell("exit code 1"), base: "measured", head: "failed" } as const;
    const comparison = sampleComparison([comparedCell()], { uncompared: [failed] });
    expect(render(comparison).children[0]?.attributes).toMatchObject({ failures: "0", skipped: "1" });
    expect(render(comparison, ["regression"]).children[0]?.attributes).toMatchObject({ failures: "1", skipped: "0" });
  });

  test("has a case per clause, which fails if it fails the build and is skipped without a test of the head", () => {
    const skipped = comparedClause({ clause: "check.healthy", head: "skip", change: "untested" });
    const other = comparedClause({ clause: "gc", base: "fail", head: "fail" });
    const comparison = sampleComparison([], { clauses: [failingClause(), skipped, other] });
    expect(render(comparison).children[0]?.attributes).toMatchObject({ tests: "3", failures: "0", skipped: "1" });
    const [suite] = render(comparison, ["suspect"]).children;
    expect(suite?.attributes).toMatchObject({ name: "bridge", tests: "3", failures: "1", skipped: "1" });
    expect(comparisonJunit(comparison, { all: false, failOn: [] })).toContain("no such device");
  });

  test.each(HOSTILE_STRINGS)("stays valid XML with external text: %j", (text) => {
    expect(render(hostileComparison(text), ["suspect"]).children).toHaveLength(1);
  });
});
