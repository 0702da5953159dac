import { expect, it } from "vitest";
import { gateRows, suspicionTable } from "../../../../bench/statistics/gates/gate-outcome.ts";
import type { GateTally, GateTask } from "../../../../bench/statistics/gates/gate-tasks.ts";

function finished(runners: GateTask["runners"], falseAlarms: number) {
  const share = (hits: number) => ({ reports: 100, sum: hits, squares: hits });
  const task: GateTask = { confirmation: "paired", runners, first: 0, gates: 100 };
  const tally: GateTally = { suspicion: share(20), falseAlarm: share(falseAlarms) };
  return { task, tally };
}

it("fails with too many false alarms of a group", () => {
  const rows = gateRows([finished("steady", 0), finished("steady", 2), finished("slow, not cancelled", 9)]);
  expect(rows.map(({ group, reports, rate, isMet }) => [group, reports, rate, isMet])).toEqual([
    ["paired, slow, not cancelled", 100, 0.09, false],
    ["paired, steady", 200, 0.01, true],
    ["paired, all", 300, 11 / 300, false],
  ]);
});

it("prints the shares of gates with a suspect", () => {
  expect(suspicionTable([finished("steady", 0)]).split("\n")).toEqual([
    "| gates | with a suspect |",
    "| --- | --- |",
    "| paired, steady | 20.0 % |",
  ]);
});
