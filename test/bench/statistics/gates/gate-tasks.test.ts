import { expect, it } from "vitest";
import { gateTasksOf, runGateTask, type GateTask } from "../../../../bench/statistics/gates/gate-tasks.ts";

const TASK: GateTask = { confirmation: "paired", runners: "slow, not cancelled", first: 0, gates: 20 };

it("suspects unchanged plugins of unknown variation, and confirms few suspicions", () => {
  const { suspicion, falseAlarm } = runGateTask(TASK, 1);
  expect(suspicion?.reports).toBe(20);
  expect(suspicion?.sum).toBeGreaterThan(0);
  expect(falseAlarm?.sum).toBeLessThan(3);
});

it("suspects less if the variation between runs is known", () => {
  const { suspicion } = runGateTask({ ...TASK, confirmation: "unpaired" }, 1);
  expect(suspicion?.sum).toBeLessThan(runGateTask(TASK, 1).suspicion?.sum ?? 0);
});

it("repeats a gate by its number and seed", () => {
  const suspicions = (first: number, gates: number): number =>
    runGateTask({ ...TASK, first, gates }, 3).suspicion?.sum ?? 0;
  expect(suspicions(0, 12)).toBeGreaterThan(0);
  expect(suspicions(0, 12)).toBe(suspicions(0, 5) + suspicions(5, 7));
});

it("splits the work without gaps, and cuts most of it", () => {
  const sum = (isCut: boolean): number => gateTasksOf(isCut).reduce((total, { gates }) => total + gates, 0);
  expect(sum(false)).toBe(6 * 4000);
  expect(sum(true)).toBeLessThan(sum(false) / 20);
});
