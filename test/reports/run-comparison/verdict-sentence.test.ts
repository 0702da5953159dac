import { describe, expect, test } from "vitest";
import { brokenCells } from "../../../reports/run-comparison/outcome.ts";
import { verdictCounts, verdictSentence } from "../../../reports/run-comparison/verdict-sentence.ts";
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

describe("the answer about clauses", () => {
  const wrong = failingClause();
  const answer = (...clauses: (typeof wrong)[]): string =>
    verdictSentence(sampleComparison([comparedCell()], { clauses })).en;

  test("counts them with the cells if nothing changed", () => {
    expect(answer(comparedClause(), comparedClause())).toMatch(
      /^no regression found in 1 cell and 2 clauses; smallest /,
    );
  });

  test("comes first if the plugin is wrong, and last if it is only slower", () => {
    expect(answer(wrong, { ...wrong, state: "confirmed" }, comparedClause())).toMatch(
      /^1 confirmed conformance regression and 1 suspected .* in 3 clauses; no regression found in 1 cell;/,
    );
    const slower = sampleComparison([suspect], { clauses: [comparedClause()] });
    expect(verdictSentence(slower).en).toMatch(
      /^1 suspected regression \(not confirmed\) in 1 cell; no conformance regression in 1 clause; /,
    );
  });

  test("is all there is without a common cell", () => {
    expect(verdictSentence(sampleComparison([], { clauses: [comparedClause()] })).en).toBe(
      "no regression found in 1 clause",
    );
  });

  test("counts those that are known, refuted, not tested in the head, and checks that failed", () => {
    const lost = comparedClause({ head: "skip", change: "untested", open: true });
    const clauses = [{ ...wrong, state: "known" }, { ...wrong, state: "refuted" }, lost] as const;
    const sentence = verdictSentence(sampleComparison([], { clauses, uncomparedChecks: [brokenCheck()] })).en;
    expect(sentence).toBe(
      "no regression found in 3 clauses; 1 conformance check failed in the head only; 1 MUST clause passed in the " +
        "base and could not be tested in the head; 1 known; 1 not confirmed by a second measurement",
    );
  });
});
