import { expect, it } from "vitest";
import { rowsOf, toTable, type Finished } from "../../../bench/statistics/outcome.ts";
import { tallyOf, type Mean } from "../../../bench/statistics/tally.ts";

/** A task whose reports have a false difference in a headline in some cases, and cover nine of ten pairs. */
function finished(errors: number, reports: number): Finished {
  const coverage: Mean = { reports, sum: 0.9 * reports, squares: 0.81 * reports };
  return {
    task: { kind: "errors", shape: "normal", plugins: 3, first: 0, reports },
    tally: { headlineError: { reports, sum: errors, squares: errors }, coverage },
  };
}

it("adds up tasks and allows two standard errors beyond a limit", () => {
  const rows = rowsOf([finished(30, 500), finished(30, 500)]);
  const errors = rows.filter(({ figure }) => figure === "headlineError");
  expect(errors.map(({ group, reports, rate, isMet }) => [group, reports, rate, isMet])).toEqual([
    ["3 plugins", 1000, 0.06, true],
    ["normal", 1000, 0.06, true],
  ]);
  expect(errors[0]?.standardError).toBeCloseTo(0.0075, 4);
  expect(rowsOf([finished(70, 1000)])[0]).toMatchObject({ rate: 0.07, isMet: false });
});

it("limits the share of false differences among the selected exploratory questions and among the decided ones", () => {
  const shares = { headlineError: 0, falseDiscovery: 0.08, falseAmongDecided: 0.2 };
  const rows = rowsOf([{ ...finished(0, 100), tally: tallyOf(shares) }]);
  const met = new Map(rows.map(({ figure, isMet }) => [figure, isMet]));
  expect([met.get("falseDiscovery"), met.get("falseAmongDecided")]).toEqual([true, false]);
  expect(toTable(rows)).toMatch(/exploratory differences that are false \| 1 \| 20\.0 %.*EXCEEDED/);
});

it("reports a coverage below its limit", () => {
  const rows = rowsOf([finished(0, 100)]);
  expect(rows.find(({ figure }) => figure === "coverage")).toMatchObject({ isMet: false });
  expect(toTable(rows)).toMatch(
    /\| 3 plugins \| .*interval \| 100 \| 90\.0 % ± 0\.0 % \| at least 95\.0 %: EXCEEDED \|/,
  );
});
