import { describe, expect, test } from "vitest";
import {
  cellGroups,
  failingCells,
  failsBuild,
  isIncomplete,
  missingPlugins,
} from "../../../reports/run-comparison/outcome.ts";
import {
  brokenCheck,
  comparedCell,
  comparedClause,
  failingClause,
  improvedCell,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const suspect = comparedCell(REGRESSION);
const confirmed = comparedCell({ ...REGRESSION, state: "confirmed", metric: "del-time" });
const known = comparedCell({ ...REGRESSION, state: "known", metric: "pod-ready-time" });
const refuted = comparedCell({ ...REGRESSION, state: "refuted" });
const inconclusive = comparedCell({ ...REGRESSION, reason: "between-run variation unknown", betweenRuns: null });

describe("the cells that fail a build", () => {
  test.each([
    ["nothing without --fail-on", [], []],
    ["confirmed regressions", ["regression"], [confirmed]],
    ["suspects, too", ["suspect"], [suspect, confirmed]],
    ["suspects and confirmed regressions", ["regression", "suspect"], [suspect, confirmed]],
  ] as const)("%s", (_, failOn, expected) => {
    const cells = [suspect, confirmed, known, refuted, inconclusive, improvedCell(), comparedCell()];
    expect(failingCells(sampleComparison(cells), failOn)).toEqual(expected);
  });

  test("a second measurement confirms a cell whose variation between runs is unknown", () => {
    const cell = { ...inconclusive, state: "confirmed" } as const;
    expect(failingCells(sampleComparison([cell]), ["regression"])).toEqual([cell]);
  });
});

describe("the groups of cells", () => {
  test("come in the order of importance, without empty ones", () => {
    const cells = [comparedCell(), refuted, known, improvedCell(), suspect, confirmed];
    const kinds = ["confirmed", "suspect", "improvement", "known", "refuted", "other"];
    expect(cellGroups(sampleComparison(cells)).map(({ kind }) => kind)).toEqual(kinds);
    expect(cellGroups(sampleComparison([comparedCell()])).map(({ kind }) => kind)).toEqual(["other"]);
  });

  test("list headlines first, then the largest change in either direction", () => {
    const cells = [
      comparedCell({ metric: "a", estimate: 1.1 }),
      comparedCell({ metric: "b", estimate: 0.5 }),
      comparedCell({ metric: "c", estimate: 1, family: "headline" }),
      comparedCell({ metric: "d", estimate: 2, scale: "difference", base: { ...comparedCell().base, value: 100 } }),
    ];
    const [group] = cellGroups(sampleComparison(cells));
    expect(group?.cells.map(({ metric }) => metric)).toEqual(["c", "b", "a", "d"]);
  });
});

test("a plugin that only the base measured is missing", () => {
  const only = (base: "measured" | "failed", name: string) => {
    const { cell, ...rest } = uncomparedCell("only in base");
    return { ...rest, base, head: "missing", cell: { ...cell, plugin: { base: name, head: name } } } as const;
  };
  const uncompared = [
    only("measured", "ptp"),
    only("measured", "ptp"),
    only("failed", "x"),
    only("measured", "bridge"),
  ];
  const comparison = sampleComparison([comparedCell()], { uncompared });
  expect(missingPlugins(comparison)).toEqual(["ptp"]);
});

test("regressions of clauses fail a build, too", () => {
  const comparison = sampleComparison([comparedCell()], { clauses: [failingClause({ state: "confirmed" })] });
  expect(failsBuild(comparison, [])).toBe(false);
  expect(failsBuild(comparison, ["regression"])).toBe(true);
});

test("a head that lacks a result of the base is incomplete", () => {
  const skipped = { base: "pass", head: "skip", change: "untested" } as const;
  const isOpen = (...clauses: Parameters<typeof comparedClause>[0][]): boolean =>
    isIncomplete(sampleComparison([comparedCell()], { clauses: clauses.map((each) => comparedClause(each)) }));
  expect(isOpen({ ...skipped, open: true })).toBe(true);
  expect(isOpen(skipped, { ...skipped, base: "fail", open: true }, {})).toBe(false);
  expect(isIncomplete(sampleComparison([], { uncomparedChecks: [brokenCheck()] }))).toBe(true);
  expect(isIncomplete(sampleComparison([], { uncomparedChecks: [{ ...brokenCheck(), base: "failed" }] }))).toBe(false);
});
