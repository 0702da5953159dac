import { expect, it } from "vitest";
import { gateMarkdown, gateOutcomeOf, type MeasuredGate } from "../../../bench/campaign/gate-outcome.ts";
import { seriesOf } from "../../../bench/campaign/gate-series.ts";

const SERIES = seriesOf(false);

function gates(series: MeasuredGate["series"], ...exitCodes: readonly number[]): MeasuredGate[] {
  return exitCodes.map((exitCode) => ({ series, exitCode, suspects: exitCode === 0 ? 0 : 2 }));
}

it("is met if all gates have the expected exit code, also of an incomplete campaign", () => {
  expect(gateOutcomeOf(SERIES, []).isMet).toBe(true);
  const met = gateOutcomeOf(SERIES, [...gates("unchanged", 0, 0), ...gates("rate", 5), ...gates("sleep", 5)]);
  expect(met.isMet).toBe(true);
  expect(met.series.map(({ series, gates: count, suspicious }) => [series, count, suspicious])).toEqual([
    ["unchanged", 2, 0],
    ["rate", 1, 1],
    ["sleep", 1, 1],
  ]);
});

it.each([gates("unchanged", 0, 5), gates("unchanged", 3), gates("sleep", 5, 0), gates("rate", 3)])(
  "is not met with %j",
  (...measured) => {
    const outcome = gateOutcomeOf(SERIES, measured);
    expect(outcome.isMet).toBe(false);
    expect(gateMarkdown(outcome)).toContain("| NO |");
  },
);

it("counts exit codes, and gates that found something at first", () => {
  const refuted: MeasuredGate = { series: "unchanged", exitCode: 0, suspects: 1 };
  const outcome = gateOutcomeOf(SERIES, [...gates("unchanged", 0, 5), refuted]);
  expect(outcome.series[0]).toMatchObject({ gates: 3, suspicious: 2, exitCodes: { 0: 2, 5: 1 } });
  expect(gateMarkdown(outcome)).toContain("| none | 3 | 2 | 0: 2, 5: 1 | 0 | NO |");
});
