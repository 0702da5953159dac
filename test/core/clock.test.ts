import { expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";

test("the system clock sleeps, never goes back, and wakes up when it is aborted", async () => {
  const before = systemClock.now();
  await systemClock.sleep(0.02);
  expect(systemClock.now() - before).toBeGreaterThan(0.015);
  await expect(systemClock.sleep(60, AbortSignal.timeout(10))).rejects.toThrow("timeout");
});
