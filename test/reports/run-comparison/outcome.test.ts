import { describe, expect, test } from "vitest";
import {
  brokenCells,
  cellGroups,
  failingCells,
  missingPlugins,
  verdictCounts,
  verdictSentence,
} from "../../../reports/run-comparison/outcome.ts";
import {
  comparedCell,
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
  expect(verdictSentence(comparison).en).toMatch(/; 1 plugin measured in the base only; name the partner with --map; /);
});

describe("the answer", () => {
  const sentence = (...cells: Parameters<typeof sampleComparison>[0]) => verdictSentence(sampleComparison(cells)).en;

  test("states the smallest change that could be shown if nothing was found", () => {
    const cells = Array.from({ length: 24 }, () => comparedCell());
    expect(sentence(...cells)).toBe(
      "no regression found in 24 cells; smallest change this comparison could show: 6.0 %",
    );
    expect(sentence(comparedCell(), comparedCell({ detectable: 1.41 }))).toContain("6.0 % to 41 %");
  });

  test.each([
    [[1.32, 1000], "smallest change this comparison could show: at least 32 %, by cell"],
    [[1.32, 9], "smallest change this comparison could show: 32 % to 800 %, by cell"],
    [[1000, 10.1], "no change below a factor of 10 could be shown"],
  ])("states no useless limit: %j", (detectable, expected) => {
    expect(sentence(...detectable.map((each) => comparedCell({ detectable: each })))).toBe(
      `no regression found in 2 cells; ${expected}`,
    );
  });

  test("counts confirmed, suspected, known and refuted regressions", () => {
    expect(sentence(confirmed, suspect, inconclusive, known, refuted, comparedCell())).toMatch(
      /^1 confirmed regression and 2 suspected .* in 6 cells; 1 known; 1 not confirmed by a second measurement; /,
    );
    expect(sentence(known)).toMatch(/^no regression found in 1 cell; 1 known; /);
  });

  test("does not claim that nothing changed if nothing could be shown", () => {
    expect(sentence(comparedCell({ detectable: null }))).toContain("too few blocks");
    expect(sentence(comparedCell({ detectable: 3, scale: "difference" }))).not.toContain("200 %");
    expect(sentence(comparedCell({ reason: "same runs" }))).toContain("nothing was decided");
  });

  test("counts cells that only the head failed to measure", () => {
    const failed = { ...uncomparedCell("failed in head: exit code 1"), base: "measured", head: "failed" } as const;
    const before = { ...failed, base: "failed", head: "measured" } as const;
    const comparison = sampleComparison([comparedCell()], {
      uncompared: [before, failed, { ...failed, base: "failed" }],
    });
    expect(brokenCells(comparison)).toEqual([failed]);
    expect(verdictSentence(comparison).en).toMatch(/^no regression found in 1 cell; 1 cell failed in the head only; /);
    expect(verdictSentence({ ...comparison, cells: [] }).en).toMatch(/in 0 cells; 1 cell failed in the head only/);
  });

  test("counts verdicts", () => {
    const cells = [suspect, improvedCell(), comparedCell(), comparedCell({ verdict: "undecided" })];
    expect(verdictCounts(sampleComparison(cells))).toEqual({
      en: "4 cells: 1 worse, 1 better, 1 equal, 1 undecided",
      zh: "4 个单元：1 个更差、1 个更优、1 个相等、1 个未定",
    });
  });
});
