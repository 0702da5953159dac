import { describe, expect, test } from "vitest";
import type { FailOn } from "../../../reports/run-comparison/comparison-format.ts";
import { comparisonAnnotations } from "../../../reports/run-comparison/github.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import {
  comparedCell,
  comparedClause,
  failingClause,
  hostileComparison,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const render = (comparison: RunComparison, failOn: readonly FailOn[] = []) =>
  comparisonAnnotations(comparison, { all: false, failOn }).trimEnd().split("\n");

describe("the annotations of a comparison", () => {
  const confirmed = comparedCell({ ...REGRESSION, metric: "del-time", state: "confirmed" });
  const cells = [comparedCell(), comparedCell(REGRESSION), confirmed];

  test("start with the answer and what differs", () => {
    const facts = [{ fact: "kernel", base: "6.1", head: "6.2" }];
    expect(render(sampleComparison([comparedCell()], { facts }))).toEqual([
      expect.stringMatching(
        /^::notice title=cnibench compare::no regression .*6\.0 %25\. The sides differ: kernel: 6\.1/,
      ),
    ]);
  });

  test("are errors for cells that fail the build, and warnings for other regressions", () => {
    const levels = (failOn: readonly FailOn[]) =>
      render(sampleComparison(cells), failOn).map((line) => /^::(\w+) .*?::(?:\S+\/)?(\S+)/.exec(line)?.slice(1));
    expect(levels(["regression"]).slice(1)).toEqual([
      ["error", "del-time:"],
      ["warning", "add-time:"],
    ]);
    expect(levels(["suspect"]).map((each) => each?.[0])).toEqual(["notice", "error", "error"]);
    expect(levels([]).map((each) => each?.[0])).toEqual(["notice", "warning", "warning"]);
  });

  test("say of suspects that fail the build that they are not confirmed", () => {
    const titles = render(sampleComparison(cells), ["suspect"]).map((line) => /title=([^:]*)::/.exec(line)?.[1]);
    expect(titles.slice(1)).toEqual(["performance regression", "unconfirmed performance regression"]);
  });

  test.each([
    [[], "warning"],
    [["regression"], "error"],
  ] as const)("include cells that only the head failed to measure: %j, %s", (failOn, level) => {
    const failed = { ...uncomparedCell("exit code 1"), base: "measured", head: "failed" } as const;
    const lines = render(sampleComparison([comparedCell()], { uncompared: [failed] }), failOn);
    expect(lines[1]).toMatch(new RegExp(`^::${level} title=failed in the head only::.*/check-time: exit code 1$`));
  });

  test("are at most ten of a level, with the number of the others", () => {
    const many = Array.from({ length: 30 }, () => comparedCell(REGRESSION));
    const warnings = render(sampleComparison(many)).filter((line) => line.startsWith("::warning"));
    expect(warnings).toHaveLength(10);
    expect(warnings.at(-1)).toContain("21 more cells");
  });

  test("name the clauses that fail the build, other suspects, and those that could not be tested", () => {
    const lost = comparedClause({ clause: "check.healthy", head: "skip", change: "untested", open: true });
    const clauses = [failingClause({ state: "confirmed" }), failingClause({ clause: "gc" }), lost];
    const titles = (failOn: readonly FailOn[]) =>
      render(sampleComparison([], { clauses }), failOn).map((line) => /^::(\w+) title=([^:]+)/.exec(line)?.slice(1));
    expect(titles(["regression"]).slice(1)).toEqual([
      ["error", "conformance regression"],
      ["warning", "suspected conformance regression"],
      ["error", "clause not tested"],
    ]);
    const levels = titles([]).map((each) => each?.[0]);
    expect(levels).toEqual(["notice", "warning", "warning", "warning"]);
  });

  test.each([
    ...HOSTILE_STRINGS,
    "a\n::error::b",
    "a\r\n::set-output name=x::y",
    "100%0A::stop-commands::z",
    "\n##[error]",
    "x ##[add-mask]y",
  ])("contain no other command: %j", (text) => {
    const lines = render(hostileComparison(text), ["suspect"]);
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).toMatch(/^::(notice|error) title=[a-z ]+::/);
      expect(line).not.toMatch(/[\r\u0000-\u0008\u001b]/);
      expect(line.replaceAll(/%(25|0A)/g, "")).not.toContain("%");
      expect(line).not.toContain("##[");
    }
  });
});
