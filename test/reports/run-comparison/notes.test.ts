import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../core/paths.ts";
import { formatPercent } from "../../../reports/format.ts";
import { notesOf as textsOf } from "../../../reports/run-comparison/notes.ts";
import { SIMULATED_FALSE_ALARMS, type ComparedCell } from "../../../results/index.ts";
import {
  comparedCell,
  comparedClause,
  failingClause,
  improvedCell,
  REGRESSION,
  sampleComparison,
} from "../../helpers/sample-comparison.ts";

const notesOf = (...args: Parameters<typeof textsOf>) => textsOf(...args).map(({ en }) => en);

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

  test.each([
    ["without --fail-on", [], {}, /^a suspect fails a build only with --fail-on suspect; .*run --confirm BASE/],
    ["with --fail-on regression", ["regression"], {}, /^a suspect fails a build only with --fail-on suspect; /],
    ["that fail the build", ["suspect"], {}, /^1 suspected regression fails the build .*; .*run --confirm BASE/],
    ["of a changed reference", ["suspect"], { reason: "reference changed" }, /^1 suspected regression cannot fail a /],
    [
      "of unknown variation",
      ["suspect"],
      { reason },
      /^between-run variation unknown .* cannot fail a build by itself; /,
    ],
  ] as const)("name the next step for suspects %s", (_, failOn, differences, expected) => {
    const suspect = comparedCell({ ...REGRESSION, ...differences });
    const notes = notesOf(sampleComparison([suspect, comparedCell({ family: "headline" })]), { failOn });
    const found = notes.filter((note) => note.includes("fail"));
    expect(found).toEqual([expect.stringMatching(expected)]);
  });

  test("count all suspects that fail the build, and name no next step without any", () => {
    const notes = (...cells: ComparedCell[]) => notesOf(sampleComparison(cells), { failOn: ["suspect"] }).join("\n");
    const suspect = comparedCell(REGRESSION);
    expect(notes(suspect, suspect)).toContain("2 suspected regressions fail the build");
    expect(notes(comparedCell({ ...REGRESSION, state: "confirmed" }), comparedCell())).not.toContain("--confirm");
    expect(notes(comparedCell({ ...REGRESSION, state: "known" }))).not.toContain("--confirm");
  });

  test.each(["paired", "unpaired"] as const)("state the chance of a false alarm of a %s gate", (design) => {
    const gate = { allCells: "", design };
    const notes = notesOf(sampleComparison([comparedCell(REGRESSION)]), { failOn: [], gate }).join("\n");
    expect(notes).toMatch(/not changed is confirmed with a probability of at most 2\.5 %/);
    const rate = formatPercent(SIMULATED_FALSE_ALARMS[design]);
    expect(notes).toContain(`in ${rate} of simulated gates`);
    expect(notes).not.toContain("--confirm");
    expect(notesOf(sampleComparison([comparedCell()])).join("\n")).not.toContain("2.5 %");
  });

  test("state the rates of docs/method.md", () => {
    const docs = readFileSync(join(packageRoot(), "docs/method.md"), "utf8");
    for (const [design, rate] of Object.entries(SIMULATED_FALSE_ALARMS))
      expect(docs).toMatch(new RegExp(`\\| ${design} \\|.*\\| ${formatPercent(rate)} \\|`));
  });

  test("count cells of a busy machine", () => {
    expect(notesOf(sampleComparison([comparedCell({ reason: "busy machine" })])).at(-1)).toContain("1 cell undecided");
  });
});

describe("the notes about clauses", () => {
  const notes = (...clauses: ReturnType<typeof comparedClause>[]): string[] =>
    notesOf(sampleComparison([], { clauses }));

  test("state how many changed, and nothing about cells without one", () => {
    expect(notes(comparedClause())).toEqual(["1 clause: 0 changed"]);
  });

  test("label sides that tested different clauses", () => {
    const added = comparedClause({ base: "missing", change: "new" });
    expect(notes(added, added, comparedClause({ head: "missing", change: "removed" }))).toEqual([
      "3 clauses: 3 changed",
      "the sides tested different clauses: 2 only in the head, 1 only in the base",
    ]);
  });

  test("state how to confirm a regression, or that its test may have changed", () => {
    expect(notes(failingClause())[1]).toMatch(/^two failed tests .*run --confirm BASE/);
    const other = failingClause({ reason: "other version of cnibench" });
    expect(notes(other)[1]).toMatch(/^1 newly failing clause cannot fail a build, .*measure the base again/);
    expect(notes(other)).toHaveLength(2);
    expect(notes({ ...other, state: "confirmed" })).toHaveLength(1);
  });
});
