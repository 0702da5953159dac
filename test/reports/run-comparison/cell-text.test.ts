import { describe, expect, test } from "vitest";
import { cellSentence, notesOf, runText, runWarnings } from "../../../reports/run-comparison/cell-text.ts";
import { comparedCell, improvedCell, REGRESSION, sampleComparison } from "../../helpers/sample-comparison.ts";

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
    [{ reason: "busy machine" }, "; busy machine)"],
  ] as const)("%j", (differences, expected) => {
    expect(cellSentence(comparedCell(differences))).toContain(expected);
  });
});

describe("the notes of a comparison", () => {
  const reason = "between-run variation unknown";

  test("state the error rates by family", () => {
    const notes = notesOf(sampleComparison([comparedCell({ family: "headline" }), improvedCell()]));
    expect(notes).toEqual([
      expect.stringContaining("2 cells: 0 worse, 1 better, 1 equal, 0 undecided"),
      expect.stringMatching(/^1 headline cell: at most 5\.0 % /),
      expect.stringMatching(/^1 exploratory cell: at most 10 % /),
    ]);
  });

  test("state no error rate if the variation between runs is unknown, but the next step", () => {
    const notes = notesOf(sampleComparison([comparedCell({ family: "headline" }), comparedCell({ reason })]));
    expect(notes.join("\n")).not.toContain("at most");
    expect(notes[1]).toMatch(/^between-run variation unknown for 1 cell, .*doctor --calibrate --runs/);
  });

  test("state no error rate if both sides are the same runs", () => {
    expect(notesOf(sampleComparison([comparedCell({ reason: "same runs" })]))).toHaveLength(1);
  });

  test("name the next step for suspects", () => {
    const notes = (state: "unconfirmed" | "confirmed") =>
      notesOf(sampleComparison([comparedCell({ ...REGRESSION, state })])).join("\n");
    expect(notes("unconfirmed")).toContain("run --confirm BASE");
    expect(notes("unconfirmed")).toContain("--fail-on suspect");
    expect(notes("confirmed")).not.toContain("--confirm");
  });

  test("state the chance of a false alarm of a gate, which has measured its suspects again", () => {
    const notes = notesOf(sampleComparison([comparedCell(REGRESSION)]), { gate: { allCells: "" } }).join("\n");
    expect(notes).toMatch(/not changed is confirmed with a probability of at most 2\.5 %/);
    expect(notes).not.toContain("--confirm");
    expect(notesOf(sampleComparison([comparedCell()])).join("\n")).not.toContain("2.5 %");
  });

  test("count cells of a busy machine", () => {
    expect(notesOf(sampleComparison([comparedCell({ reason: "busy machine" })])).at(-1)).toContain("1 cell undecided");
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
    expect(runText({ ...run, outcome })).toBe(`run run-head (${end}`);
  });

  test("has its warnings", () => {
    const warnings = [{ code: "torn-line", message: "ignored the last line" }] as const;
    const comparison = sampleComparison([comparedCell()], { head: { ...head, runs: [{ ...run, warnings }] } });
    expect(runWarnings(comparison)).toEqual(["run run-head: torn-line: ignored the last line"]);
  });
});
