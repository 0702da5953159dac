import { describe, expect, test } from "vitest";
import { cellSentence, runText, runWarnings } from "../../../reports/run-comparison/cell-text.ts";
import { comparedCell, REGRESSION, sampleComparison } from "../../helpers/sample-comparison.ts";

describe("the sentence of a cell", () => {
  test("has values, change, interval, reference and blocks", () => {
    expect(cellSentence(comparedCell(REGRESSION))).toBe(
      "44.1 ms → 48.9 ms, +11 % (95 % interval +7.1 % to +15 %; ratio to host 1.14 → 1.26; 20 and 10 blocks)",
    );
  });

  test("has differences in the unit of the metric where values can be 0", () => {
    const cell = comparedCell({ scale: "difference", estimate: -12, ci95: [-20, 3], unit: "B" });
    expect(cellSentence(cell)).toContain("−12 B (95 % interval −20 B to +3 B; ");
  });

  test.each([
    [{ reference: { kind: "plugin", name: "bridge" } }, "; ratio to bridge 1.14 → 1.15; "],
    [{ reference: { kind: "none" } }, "; raw values; "],
    [{ base: { ...comparedCell().base, ratio: null } }, "; difference to host; "],
    [{ ci95: null }, "(95 % interval too few blocks; "],
    [{ ci95: [0.02, 1.2] }, "(95 % interval at most +20 %; "],
    [{ ci95: [0.98, 155161.17] }, "(95 % interval at least −2.0 %; "],
    [{ ci95: [0.01, 100] }, "(95 % interval wider than a factor of 10; "],
    [{ estimate: 30, ci95: [20, 200] }, "(95 % interval +1900 % to +19900 %; "],
    [{ reason: "busy machine" }, "; busy machine)"],
  ] as const)("%j", (differences, expected) => {
    expect(cellSentence(comparedCell(differences))).toContain(expected);
  });
});

describe("a run of a comparison", () => {
  const { head } = sampleComparison([comparedCell()]);
  const [run] = head.runs;
  if (run === undefined) throw new Error("the sample has no run");

  test.each([
    ["complete", "cnibench 0.1.0)"],
    ["interrupted", "cnibench 0.1.0, interrupted)"],
    [null, "cnibench 0.1.0, not finished)"],
  ] as const)("has its outcome: %s", (outcome, end) => {
    expect(runText({ ...run, outcome }).en).toBe(`run run-head (${end}`);
  });

  test("has its warnings", () => {
    const warnings = [{ code: "torn-line", message: "ignored the last line" }] as const;
    const comparison = sampleComparison([comparedCell()], { head: { ...head, runs: [{ ...run, warnings }] } });
    expect(runWarnings(comparison).map(({ en }) => en)).toEqual(["run run-head: torn-line: ignored the last line"]);
  });
});
